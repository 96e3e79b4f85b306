import { requireViewer } from '../auth/require.ts'
import type { Context } from '../context.ts'
import { columnsOf } from '../db/columns.ts'
import { Prisma, type Project } from '../db/generated/client.ts'
import { sharedLoaderById } from '../db/loaders.ts'

const columns = columnsOf(Prisma.ProjectScalarFieldEnum, 'p')
const rows = sharedLoaderById<Project>((context, ids) => {
  const organizations = requireViewer(context).organizations.map(({ id }) => id)
  return Prisma.sql`
    SELECT ${columns} FROM projects p WHERE p.id = ANY (${ids}::int[]) AND p.organization_id = ANY (${organizations}::uuid[])`
})

/**
 * A project of the viewer's organizations, whatever the key is restricted to: only for telling which restriction it was that the
 * viewer met. Null when there is none.
 */
export function membersProject(context: Context, id: number): Promise<Project | null> {
  return rows(context).load(id)
}
