import { Prisma, type Project } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

const projectColumnsSql = selectColumns(Prisma.ProjectScalarFieldEnum, 'p')
// From the primary: the row decides about access, and the access cache shares it with other requests.
const projectLoader = coalescedLoaderById<Project>(
  (_context, ids) => Prisma.sql`SELECT ${projectColumnsSql} FROM projects p WHERE p.id = ANY (${ids}::int[])`,
  ({ database }) => database.db,
)

/** A project, or null when there is none. Does not check visibility: only for `requireProject`, which reports the exact restriction. */
export function loadProject(context: Context, id: number): Project | null | Promise<Project | null> {
  return context.access.project(id, () => projectLoader(context).load(id))
}
