/** The objects a key can be given access to; PostHog's own names. */
export const scopeObjects = ['experiment', 'feature_flag', 'llm_prompt', 'activity_log', 'approvals', 'project'] as const

/** One permission: an object, to read or to write. */
export type Scope = `${(typeof scopeObjects)[number]}:${'read' | 'write'}`

/** Every scope a key can hold, and `*` for all of them. */
export const allScopes: readonly string[] = ['*', ...scopeObjects.flatMap((object) => [`${object}:read`, `${object}:write`])]

/** Whether the scopes of a key allow this one: `*` allows everything, and to write is to read (experiments.md 11.2). */
export function hasScope(scopes: ReadonlySet<string>, scope: Scope): boolean {
  return scopes.has('*') || scopes.has(scope) || (scope.endsWith(':read') && scopes.has(scope.replace(/:read$/, ':write')))
}
