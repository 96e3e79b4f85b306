import { type GroupType, Prisma } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'

export type GroupTypeRow = Pick<GroupType, 'index' | 'name' | 'singular' | 'plural'>

const groupTypesLoader = coalescedLoaderByParent<GroupTypeRow & { parentId: number }>(
  (_context, projectIds) => Prisma.sql`
    SELECT g.project_id AS "parentId", g.index, g.name, g.singular, g.plural FROM group_types g
    WHERE g.project_id = ANY (${projectIds}::int[]) ORDER BY g.project_id, g.index`,
)

/** The group types of a project that the viewer may see, by index: at most five. */
export function loadGroupTypes(context: Context, projectId: number): Promise<GroupTypeRow[]> {
  return groupTypesLoader(context).load(projectId)
}

/** One group type of a project. Null for no index, and for one without a group type. */
export async function loadGroupType(context: Context, projectId: number, index: number | null): Promise<GroupTypeRow | null> {
  if (index === null) return null
  return (await loadGroupTypes(context, projectId)).find((type) => type.index === index) ?? null
}
