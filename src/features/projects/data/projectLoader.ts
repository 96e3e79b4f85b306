import { columnsOf } from '../../../database/columns.ts'
import { Prisma, type Project } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { sharedLoaderById } from '../../../graphql/dataLoaders.ts'

const columns = columnsOf(Prisma.ProjectScalarFieldEnum, 'p')
const rows = sharedLoaderById<Project>((_context, ids) => Prisma.sql`SELECT ${columns} FROM projects p WHERE p.id = ANY (${ids}::int[])`)

/** A project, whoever may see it: only for `findProject`, which tells the restriction that the viewer met. Null when there is none. */
export function projectRow(context: Context, id: number): Project | null | Promise<Project | null> {
  return context.access.project(id, () => rows(context).load(id))
}
