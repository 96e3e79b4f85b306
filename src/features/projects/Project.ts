import { inVisibleProject } from '../../auth/viewer.ts'
import { columnsOf } from '../../database/columns.ts'
import { Prisma, type Project as ProjectRow } from '../../database/generated/client.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { sharedLoaderById } from '../../graphql/dataLoaders.ts'
import { nodeTypes, serialId } from '../../platform/globalId.ts'

nodeTypes.set('Project', serialId)

const columns = columnsOf(Prisma.ProjectScalarFieldEnum, 'p')
const rows = sharedLoaderById<ProjectRow>(
  (context, ids) => Prisma.sql`
    SELECT ${columns} FROM projects p WHERE p.id = ANY (${ids}::int[]) AND ${inVisibleProject(requireViewer(context), Prisma.sql`p.id`)}`,
)

export const Project = builder.loadableNodeRef('Project', {
  id: { resolve: (project) => project.id, parse: Number },
  load: async (ids: number[], context: Context): Promise<ProjectRow[]> => {
    const found = await Promise.all(ids.map((id) => rows(context).load(id)))
    return found.filter((row) => row !== null)
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
