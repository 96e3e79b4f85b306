import { visibleOrganizationIds } from '../../../auth/visibility.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { loaderByParent } from '../../../graphql/dataLoaders.ts'

/** Loads the roles of people in the organizations that the viewer sees, by user id and in the order of their names. */
export const rolesOfUserLoader = loaderByParent(async (context, userIds) => {
  const memberships = await context.db.roleMembership.findMany({
    where: { userId: { in: userIds }, role: { organizationId: { in: visibleOrganizationIds(requireViewer(context)) } } },
    select: { userId: true, role: true },
    orderBy: { role: { name: 'asc' } },
    relationLoadStrategy: 'join',
  })
  return memberships.map(({ userId, role }) => ({ ...role, parentId: userId }))
})
