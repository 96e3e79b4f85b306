import { hasScope, type Scope } from '../auth/scopes.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Context } from './context.ts'
import { ForbiddenError, UnauthenticatedError } from './errors.ts'

/**
 * The viewer of a request.
 *
 * @throws UnauthenticatedError when there is no key, or it is not valid.
 */
export function requireViewer({ authentication }: Context): Viewer {
  if (authentication.viewer === null) throw new UnauthenticatedError(authentication.error)
  return authentication.viewer
}

/**
 * The viewer of a request, whose key holds the scope.
 *
 * @throws UnauthenticatedError
 * @throws ForbiddenError with the scope that is missing.
 */
export function requireScope(context: Context, scope: Scope): Viewer {
  const viewer = requireViewer(context)
  if (!hasScope(viewer.scopes, scope)) throw new ForbiddenError(`API key missing required scope '${scope}'`, scope)
  return viewer
}

/** The sentence about scopes in the description of each guarded field. */
export function requiresScopeText(scope: Scope, ...moreScopes: Scope[]): string {
  const also = moreScopes.map((more) => ` Also needs \`${more}\`.`).join('')
  return `Needs a key with the scope \`${scope}\`. Without it, only this field fails, with \`FORBIDDEN\`.${also}`
}
