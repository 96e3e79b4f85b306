import { visibleProjects } from '../../../auth/visibility.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { loaderById, loaderByParent } from '../../../graphql/dataLoaders.ts'

/** The change requests of this request that the viewer may see, by id. */
export const changeRequestLoader = loaderById((context, ids) =>
  context.db.changeRequest.findMany({ where: { id: { in: ids }, project: visibleProjects(requireViewer(context)) } }),
)

/** The votes on change requests that the viewer may see, the oldest first. */
export const votesLoader = loaderByParent(async (context, requestIds) => {
  const votes = await context.db.approval.findMany({ where: { changeRequestId: { in: requestIds } }, orderBy: { id: 'asc' } })
  return votes.map((vote) => ({ ...vote, parentId: vote.changeRequestId }))
})

/** The roles that the viewer holds: their ids, under the id of the user. */
export const viewerRolesLoader = loaderByParent(async (context, userIds) => {
  const memberships = await context.db.roleMembership.findMany({
    where: { userId: { in: userIds } },
    select: { userId: true, roleId: true, role: { select: { organizationId: true } } },
    relationLoadStrategy: 'join',
  })
  return memberships.map(({ userId, roleId, role }) => ({ parentId: userId, roleId, organizationId: role.organizationId }))
})
