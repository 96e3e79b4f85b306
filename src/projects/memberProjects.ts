import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { requireViewer } from '../auth/require.ts'
import type { Context } from '../context.ts'
import type { Project } from '../db/generated/client.ts'

const loaders = createContextCache(
  (context: Context) =>
    new DataLoader(async (ids: readonly number[]) => {
      const organizationId = { in: requireViewer(context).organizations.map(({ id }) => id) }
      const projects = await context.db.project.findMany({ where: { id: { in: [...ids] }, organizationId } })
      const byId = new Map(projects.map((project) => [project.id, project]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
)

/**
 * A project of the viewer's organizations, whatever the key is restricted to: only for telling which restriction it was that the
 * viewer met. Null when there is none.
 */
export function membersProject(context: Context, id: number): Promise<Project | null> {
  return loaders(context).load(id)
}
