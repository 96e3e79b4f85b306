import { visibleProjects } from '../../../auth/visibility.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { loaderById, loaderByParent } from '../../../graphql/dataLoaders.ts'
import { judgeRequests } from './judgeRequests.ts'

/** Loads the change requests that the viewer may see, by id. */
export const changeRequestLoader = loaderById((context, ids) =>
  context.db.changeRequest.findMany({ where: { id: { in: ids }, project: visibleProjects(requireViewer(context)) } }),
)

/** Loads what is stored now about the change requests that the viewer may see, by id. */
export const judgedRequestLoader = loaderById(async (context, ids) => {
  const requests = await Promise.all(ids.map((id) => changeRequestLoader(context).load(id)))
  return judgeRequests(
    context.db,
    requests.filter((request) => request !== null),
  )
})

/** Loads the votes on a change request, the oldest first. Only for change requests that the viewer may see: it does not check. */
export const votesLoader = loaderByParent(async (context, requestIds) => {
  const votes = await context.db.approval.findMany({ where: { changeRequestId: { in: requestIds } }, orderBy: { id: 'asc' } })
  return votes.map((vote) => ({ ...vote, parentId: vote.changeRequestId }))
})

/** Loads the role memberships of the viewer, by user id. */
export const viewerRolesLoader = loaderByParent(async (context, userIds) => {
  const memberships = await context.db.roleMembership.findMany({
    where: { userId: { in: userIds } },
    select: { userId: true, roleId: true, role: { select: { organizationId: true } } },
    relationLoadStrategy: 'join',
  })
  return memberships.map(({ userId, roleId, role }) => ({ parentId: userId, roleId, organizationId: role.organizationId }))
})
