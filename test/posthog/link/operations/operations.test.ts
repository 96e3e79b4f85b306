import { describe, expect, it } from 'vitest'
import { UpstreamError } from '../../../../src/platform/upstreamError.ts'
import { operations } from '../../../../src/posthog/link/operations/operations.ts'
import { isStateText, toDomainError } from '../../../../src/posthog/link/write/refusals.ts'
import { schema } from '../../../../src/schema/schema.ts'

/** Mutations that write nothing that a link mirrors: the link itself. */
const ofThisService = ['linkProject', 'unlinkProject', 'resyncProject', 'updateProjectLink', 'storeUpstreamKey', 'removeUpstreamKey']

describe('every mutation of the schema', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})

  it('is sent to PostHog, refused with a reason, or writes nothing that is mirrored', () => {
    const names = mutations.map(({ name }) => name)
    expect(names.filter((name) => operations[name] === undefined)).toEqual(
      ofThisService.toSorted((a, b) => names.indexOf(a) - names.indexOf(b)),
    )
    expect(Object.keys(operations).filter((name) => !names.includes(name))).toEqual([])
  })

  it('can say that the project is linked, if it writes what is mirrored', () => {
    const readOnly = mutations.filter(({ type }) => {
      const members = schema.getPossibleTypes(schema.getType(String(type).replace('!', '')) as never)
      return members.some(({ name }) => name === 'LinkedReadOnlyError')
    })
    expect(readOnly.map(({ name }) => name).sort()).toEqual(Object.keys(operations).sort())
  })
})

describe('refusals', () => {
  it('of the life cycle are told from those of the input', () => {
    for (const text of [
      'Experiment has already been launched.',
      'Experiment must be ended before it can be archived.',
      'This change request can no longer be approved.',
    ]) {
      expect(isStateText(text)).toBe(true)
    }
    for (const text of ["Feature flag must have a variant with key 'control'", 'Invalid metric at index 0: x'])
      expect(isStateText(text)).toBe(false)
  })

  it('of a key say whose it is', () => {
    const error = new UpstreamError("x: API key missing required scope 'experiment:write'", { kind: 'forbidden', status: 403 })
    const refused = { input: {}, label: 'Experiment' }
    expect(toDomainError(error, { ...refused, hasOwnKey: true })?.message).toMatch(/^Your key .* 'experiment:write'/)
    expect(toDomainError(error, { ...refused, hasOwnKey: false })?.message).toMatch(/^The key of the project .* 'experiment:write'/)
    const fault = new UpstreamError('x', { kind: 'unavailable', status: 500 })
    expect(toDomainError(fault, { ...refused, hasOwnKey: false })).toBeNull()
  })
})
