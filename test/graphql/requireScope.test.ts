import { expect, it } from 'vitest'
import type { Viewer } from '../../src/auth/viewer.ts'
import { missingScopeText, requireScope, requiresScopeText, requireViewer } from '../../src/graphql/authorization.ts'
import type { Context } from '../../src/graphql/context.ts'
import { ForbiddenError, UnauthenticatedError } from '../../src/graphql/errors.ts'

const viewer = { scopes: new Set(['experiment:read']) } as Partial<Viewer> as Viewer
const known = { authentication: { viewer } } as Context
const unknown = { authentication: { viewer: null, error: 'Who are you?' } } as Context

it('a request without a viewer is refused with the reason', () => {
  expect(() => requireViewer(unknown)).toThrow(new UnauthenticatedError('Who are you?'))
  expect(() => requireScope(unknown, 'experiment:read')).toThrow(new UnauthenticatedError('Who are you?'))
})

it('a request with a viewer has one', () => {
  expect(requireViewer(known)).toBe(viewer)
  expect(requireScope(known, 'experiment:read')).toBe(viewer)
})

it('a key without the scope is refused, and the error names the scope', () => {
  const refusal = new ForbiddenError("API key missing required scope 'experiment:write'", 'experiment:write')
  expect(() => requireScope(known, 'experiment:write')).toThrow(refusal)
  expect(missingScopeText('experiment:write')).toBe(refusal.message)
  try {
    requireScope(known, 'experiment:write')
  } catch (error) {
    expect(error).toMatchObject({ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:write' } })
  }
})

it('a field says which scopes it needs', () => {
  const first = 'Needs a key with the scope `experiment:read`. Without it, only this field fails, with `FORBIDDEN`.'
  expect(requiresScopeText('experiment:read')).toBe(first)
  expect(requiresScopeText('experiment:read', 'feature_flag:read', 'llm_prompt:read')).toBe(
    `${first} Also needs \`feature_flag:read\`. Also needs \`llm_prompt:read\`.`,
  )
})
