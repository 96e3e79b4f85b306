/** The objects that scopes name. The names are PostHog's. */
export const scopeObjects = [
  'experiment',
  'feature_flag',
  'llm_prompt',
  'activity_log',
  'approvals',
  'project',
  'organization_member',
] as const

/** One permission: to read or write one kind of object. */
export type Scope = `${(typeof scopeObjects)[number]}:${'read' | 'write'}`

/** Every scope that a key can hold. `*` stands for all of them. */
export const allScopes: readonly string[] = ['*', ...scopeObjects.flatMap((object) => [`${object}:read`, `${object}:write`])]

/** Whether the scopes of a key include this one. `*` includes every scope, and write includes read (experiments.md 11.2). */
export function hasScope(scopes: ReadonlySet<string>, scope: Scope): boolean {
  return scopes.has('*') || scopes.has(scope) || scopes.has(scope.replace(':read', ':write'))
}
