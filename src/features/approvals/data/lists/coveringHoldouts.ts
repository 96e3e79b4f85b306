import { Prisma } from '../../../../database/generated/client.ts'
import { coalescedLoaderByParent } from '../../../../graphql/dataLoaders.ts'

// A request about a holdout names none of the flags and experiments that it would change. These conditions find them: the same for the open
// requests of a flag, for a list of requests about it, and for the change itself.

/**
 * A condition: the flag `f` carries the holdout `h`. Filters name it by its number, or by that in the system that it was imported from. A flag
 * carries a holdout of its own project only.
 */
export const carriesSql = Prisma.sql`f.project_id = h.project_id AND f.holdout_number IN (h.id, h.imported_id)`

/** Selects the holdouts whose change would change the flag `f`: those that it carries, or if it carries none, those of its experiments. */
export const coveringHoldoutsSql = Prisma.sql`
  SELECT h.id FROM holdouts h WHERE ${carriesSql}
  UNION
  SELECT h.id FROM experiments e JOIN holdouts h ON h.id = e.holdout_id AND h.project_id = f.project_id
  WHERE f.holdout_number IS NULL AND e.feature_flag_id = f.id AND NOT e.deleted`

interface CoveringHoldout {
  parentId: number
  id: number
}

/** The holdouts that cover a flag, by its id. */
export const holdoutsOfFlagLoader = coalescedLoaderByParent<CoveringHoldout>(
  (_context, flagIds) => Prisma.sql`
    SELECT f.id AS "parentId", h.id FROM feature_flags f CROSS JOIN LATERAL (${coveringHoldoutsSql}) AS h
    WHERE f.id = ANY (${flagIds}::int[]) ORDER BY h.id`,
)

/** The holdout that an experiment is in, by its id. OFFSET 0 keeps a plan for any ids from reading all experiments that are in a holdout. */
export const holdoutsOfExperimentLoader = coalescedLoaderByParent<CoveringHoldout>(
  (_context, experimentIds) => Prisma.sql`
    SELECT e.id AS "parentId", e.holdout_id AS id FROM unnest(${experimentIds}::int[]) AS parent (id)
    CROSS JOIN LATERAL (SELECT * FROM experiments WHERE experiments.id = parent.id OFFSET 0) AS e
    WHERE e.holdout_id IS NOT NULL`,
)
