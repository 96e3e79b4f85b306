import { visibleProjectSql } from '../../auth/visibility.ts'
import { Prisma, type Project as ProjectRow } from '../../database/generated/client.ts'
import { selectColumns } from '../../database/sql.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { coalescedLoaderById } from '../../graphql/dataLoaders.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'

const projectColumnsSql = selectColumns(Prisma.ProjectScalarFieldEnum, 'p')
/** Loads the projects that the viewer may see, by id. */
export const projectLoader = coalescedLoaderById<ProjectRow>(
  (context, ids) => Prisma.sql`
    SELECT ${projectColumnsSql} FROM projects p WHERE p.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`p.id`)}`,
)

export const Project = nodeRef('Project', (context, ids) => Promise.all(ids.map((id) => projectLoader(context).load(id))), {
  cacheResolved: true,
})

Project.implement({
  description:
    'The place of flags, experiments and events. It has one environment, and a time zone in which its days begin and end. Any key of a ' +
    'member of its organization can read its own fields, unless the key is restricted to other projects or organizations.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The project's number, as in the URLs of the REST API." }),
    name: t.exposeString('name', { description: "The project's name. It is not unique." }),
    timezone: t.exposeString('timezone', {
      description: 'The IANA time zone in which the days of this project begin and end, such as `Europe/Berlin`. `UTC` by default.',
    }),
  }),
})
