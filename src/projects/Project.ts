import { requireViewer } from '../auth/require.ts'
import { visibleProjects } from '../auth/viewer.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import type { Project as ProjectRow } from '../db/generated/client.ts'
import { isStorableId, nodeTypes, serialId } from '../globalId.ts'

nodeTypes.set('Project', serialId)

export const Project = builder.loadableNodeRef('Project', {
  id: { resolve: (project) => project.id, parse: Number },
  load: (ids: number[], context: Context): Promise<ProjectRow[]> => {
    const where = { id: { in: ids.filter(isStorableId) }, AND: visibleProjects(requireViewer(context)) }
    return context.db.project.findMany({ where })
  },
  toKey: (project) => project.id,
  sort: true,
  cacheResolved: true,
})

Project.implement({
  description:
    'Where experiments and flags live: a project and its environment are one. It has a time zone, in which its days begin and end. ' +
    'Any key of a member of its organization can read its own fields, unless the key is restricted to other projects or organizations.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The project's number, as it stands in the REST API's URLs." }),
    name: t.exposeString('name', { description: "The project's name; not unique." }),
    timezone: t.exposeString('timezone', {
      description:
        'The IANA time zone in which the days of this project begin and end, such as `Europe/Berlin`; `UTC` where none was chosen.',
    }),
  }),
})
