import { Prisma } from '../../../database/generated/client.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'

const maxDependents = 100

/** Loads which other flags that are on have a condition on a flag: at most 100. Does not check visibility. */
export const activeDependentsLoader = coalescedLoaderByParent<{ parentId: number; id: number }>(
  (_context, flagIds) => Prisma.sql`
    SELECT named.id AS "parentId", dependent.id
    FROM unnest(${flagIds}::int[]) AS asked (id)
    CROSS JOIN LATERAL (SELECT n.id, n.key, n.project_id FROM feature_flags n WHERE n.id = asked.id OFFSET 0) AS named
    CROSS JOIN LATERAL (
      SELECT f.id FROM feature_flags f
      WHERE f.project_id::bigint = named.project_id::bigint AND f.facts && ARRAY['needs:' || named.id, 'needs:' || named.key]
        AND f.id <> named.id AND f.active AND NOT f.deleted
      ORDER BY f.id LIMIT ${maxDependents}
    ) AS dependent
    ORDER BY named.id, dependent.id`,
)
