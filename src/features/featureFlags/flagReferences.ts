import { Prisma } from '../../database/generated/client.ts'
import { limitSql } from '../../database/sql.ts'
import { coalescedLoaderByParent } from '../../graphql/dataLoaders.ts'
import type { DependencyEdge } from './rules/dependencyProblems.ts'

/** How many dependencies one statement follows. What lies beyond is taken for sound. */
const maxDependencies = 5_000

/** The flag that a reference of a row `n` names, as `findReferencedFlag` finds it. */
const namedFlagSql = Prisma.sql`
  SELECT * FROM (
    SELECT d.id, d.key, d.deleted, d.depends_on, 1 AS rank FROM feature_flags d
    WHERE d.project_id = n.project_id AND d.id = CASE WHEN n.reference ~ '^[1-9][0-9]{0,8}$' THEN n.reference::int END
    UNION ALL
    SELECT d.id, d.key, d.deleted, d.depends_on, 2 FROM feature_flags d
    WHERE d.project_id = n.project_id AND d.key = n.reference AND NOT d.deleted
  ) AS named ORDER BY deleted, rank LIMIT 1`

/**
 * The loader of everything that flags depend on, also through others. Does not check visibility: use it only for flags that the viewer may
 * see. All of it is in the same project.
 */
export const dependencyLoader = coalescedLoaderByParent<DependencyEdge & { parentId: number }>(
  (_context, ids) => Prisma.sql`
    WITH RECURSIVE n AS (
      SELECT f.id AS root_id, f.project_id, f.id AS flag_id, f.key AS flag_key, reference
      FROM feature_flags f CROSS JOIN unnest(f.depends_on) AS reference
      WHERE f.id = ANY (${ids}::int[])
      UNION
      SELECT n.root_id, n.project_id, t.id, t.key, t.reference
      FROM n CROSS JOIN LATERAL (
        SELECT named.id, named.key, reference FROM (${namedFlagSql}) AS named CROSS JOIN unnest(named.depends_on) AS reference
      ) AS t
    )
    SELECT n.root_id AS "parentId", n.flag_id AS "flagId", n.flag_key AS "flagKey", n.reference, t.id AS "targetId", t.key AS "targetKey",
      coalesce(t.deleted, false) AS "targetDeleted"
    FROM n LEFT JOIN LATERAL (${namedFlagSql}) AS t ON true
    ${limitSql(maxDependencies)}`,
)
