import { hasScope, type Scope } from '../auth/scopes.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Context } from './context.ts'
import { ForbiddenError, UnauthenticatedError } from './errors.ts'

/**
 * Returns the viewer of a request.
 *
 * @throws UnauthenticatedError if the API key is missing or not valid.
 */
export function requireViewer({ authentication }: Context): Viewer {
  if (authentication.viewer === null) throw new UnauthenticatedError(authentication.error)
  return authentication.viewer
}

/**
 * Returns the viewer of a request, after a check that the API key holds the scope.
 *
 * @throws UnauthenticatedError if the API key is missing or not valid.
 * @throws ForbiddenError if the key does not hold the scope. The error names it.
 */
export function requireScope(context: Context, scope: Scope): Viewer {
  const viewer = requireViewer(context)
  if (!hasScope(viewer.scopes, scope)) throw new ForbiddenError(missingScopeText(scope), scope)
  return viewer
}

/** The message for a key that does not hold a scope. */
export function missingScopeText(scope: Scope): string {
  return `API key missing required scope '${scope}'`
}

/** The sentence about scopes in the description of each guarded field. */
export function requiresScopeText(scope: Scope, ...moreScopes: Scope[]): string {
  const also = moreScopes.map((more) => ` Also needs \`${more}\`.`).join('')
  return `Needs a key with the scope \`${scope}\`. Without it, only this field fails, with \`FORBIDDEN\`.${also}`
}
