import { visibleOrganizationIds } from '../../auth/visibility.ts'
import type { Role as RoleRow } from '../../database/generated/client.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { nodeIdPatterns, uuidPattern } from '../../platform/globalId.ts'

nodeIdPatterns.set('Role', uuidPattern)

export const Role = builder.loadableNodeRef('Role', {
  id: { resolve: (role) => role.id },
  load: (ids: string[], context: Context): Promise<RoleRow[]> => {
    return context.db.role.findMany({ where: { id: { in: ids }, organizationId: { in: visibleOrganizationIds(requireViewer(context)) } } })
  },
  toKey: (role) => role.id,
  sort: true,
})

Role.implement({
  description: 'A group of people in an organization. Any valid key can read the roles of the organizations that it can access.',
  authScopes: { authenticated: true },
  fields: (t) => ({ name: t.exposeString('name', { description: 'The name, unique in the organization.' }) }),
})

/** The roles with these ids, in the same order. Roles that are gone, or that the viewer may not see, are left out. */
export async function rolesById(context: Context, ids: readonly string[]): Promise<RoleRow[]> {
  const rows = await Role.getDataloader(context).loadMany(ids.filter((id) => uuidPattern.test(id)))
  return rows.filter((role): role is RoleRow => role !== null && !(role instanceof Error))
}
