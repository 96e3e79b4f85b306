import { requireViewer } from '../auth/require.ts'
import type { Context } from '../context.ts'
import type { Project } from '../db/generated/client.ts'
import { loaderById } from '../db/loaders.ts'

const rows = loaderById((context, ids) => {
  const organizationId = { in: requireViewer(context).organizations.map(({ id }) => id) }
  return context.db.project.findMany({ where: { id: { in: ids }, organizationId } })
})

/**
 * A project of the viewer's organizations, whatever the key is restricted to: only for telling which restriction it was that the
 * viewer met. Null when there is none.
 */
export function membersProject(context: Context, id: number): Promise<Project | null> {
  return rows(context).load(id)
}
