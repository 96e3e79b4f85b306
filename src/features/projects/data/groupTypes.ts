import { type GroupType, Prisma } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'

export type GroupTypeRow = Pick<GroupType, 'index' | 'name' | 'singular' | 'plural'>

/** A project has at most as many (a constraint of the table). */
const maxGroupTypes = 5

const groupTypesLoader = coalescedLoaderByParent<GroupTypeRow & { parentId: number }>(
  (_context, projectIds) => Prisma.sql`
    SELECT p.id AS "parentId", g.* FROM unnest(${projectIds}::int[]) AS p (id)
    CROSS JOIN LATERAL (
      SELECT t.index, t.name, t.singular, t.plural FROM group_types t WHERE t.project_id = p.id ORDER BY t.index LIMIT ${maxGroupTypes}
    ) AS g
    ORDER BY p.id, g.index`,
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
