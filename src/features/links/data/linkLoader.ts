import { visibleProjects } from '../../../auth/visibility.ts'
import type { EventSource, ProjectLink } from '../../../database/generated/client.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { loaderById } from '../../../graphql/dataLoaders.ts'

/** A link, without its secrets. */
export type LinkRow = ProjectLink & { id: number; viewerHasKey: boolean; eventSource: EventSource }

/** Loads the links of the projects that the viewer may see, by the number of the project. It is also that of the link. */
export const linkLoader = loaderById(async (context, ids): Promise<LinkRow[]> => {
  const viewer = requireViewer(context)
  const links = await context.db.projectLink.findMany({
    where: { projectId: { in: ids }, project: visibleProjects(viewer) },
    include: { project: { select: { eventSource: true } }, keys: { where: { userId: viewer.user.id }, select: { userId: true } } },
    relationLoadStrategy: 'join',
  })
  return links.map(({ keys, project, ...link }) => ({ ...link, ...project, id: link.projectId, viewerHasKey: keys.length > 0 }))
})
