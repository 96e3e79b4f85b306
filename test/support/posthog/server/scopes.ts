/** `x:write` satisfies `x:read`, and `*` satisfies all. */
export function hasScope(scopes: readonly string[], scope: string): boolean {
  return scopes.includes('*') || scopes.includes(scope) || scopes.includes(scope.replace(/:read$/, ':write'))
}
