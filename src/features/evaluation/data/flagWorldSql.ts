import { type FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { anyLengthSql, selectColumns } from '../../../database/sql.ts'
import type { Context } from '../../../graphql/context.ts'

// What flags need to be evaluated: they themselves, all that they depend on at any depth, and cohorts. Each is one statement. Functions of the
// database (`flags_with_dependencies`, `cohorts_with_dependencies`) follow the dependencies. OFFSET 0 keeps PostgreSQL from turning look-ups
// into joins that read whole tables.

const flagColumns = ['id', 'projectId', 'key', 'active', 'deleted', 'bucketingIdentifier', 'hasEncryptedPayloads'] as const
/** A flag with the text of its filters: few change between two requests, so most texts have been read before. */
export type WorldFlagRow = Pick<FeatureFlag, (typeof flagColumns)[number]> & { filtersText: string }

/** How many flags are read for one request, and how many cohorts. What is beyond counts as missing. */
const maxRows = 2_000

/**
 * Reads flags, and the flags that they depend on.
 *
 * @param roots selects the numbers of the flags
 */
export function readFlagsWithDependencies(context: Context, roots: Prisma.Sql): Promise<WorldFlagRow[]> {
  return context.db.queryRows<WorldFlagRow>(Prisma.sql`
    SELECT f.*
    FROM flags_with_dependencies(${roots}, ${maxRows}::int) AS needed (id)
    CROSS JOIN LATERAL (
      SELECT ${selectColumns(flagColumns, 'f')}, f.filters::text AS "filtersText" FROM feature_flags f WHERE f.id = needed.id OFFSET 0
    ) AS f`)
}

export interface WorldCohortRow {
  id: number
  projectId: number
  isStatic: boolean
  /** Null for a static cohort. */
  filters: Prisma.JsonValue
  hasMembers: boolean
}

/** Reads cohorts, and the cohorts that their definitions name. A deleted cohort does not exist. They may be of any project. */
export function readCohortsWithDependencies(context: Context, ids: readonly number[]): Promise<WorldCohortRow[]> {
  return context.db.queryRows<WorldCohortRow>(Prisma.sql`
    SELECT c.*, members.any AS "hasMembers"
    FROM cohorts_with_dependencies(${[...ids]}::int[], ${maxRows}::int) AS needed (id)
    CROSS JOIN LATERAL (
      SELECT o.id, o.project_id AS "projectId", o.is_static AS "isStatic", CASE WHEN NOT o.is_static THEN o.filters END AS filters
      FROM cohorts o WHERE o.id = needed.id OFFSET 0
    ) AS c
    CROSS JOIN LATERAL (
      SELECT count(*) > 0 AS any
      FROM (SELECT FROM cohort_members m WHERE m.cohort_id = c.id ORDER BY m.cohort_id, m.distinct_id LIMIT 1) AS first
    ) AS members`)
}

/** Reads which of these people are members of which of these static cohorts. */
export function readMemberships(
  context: Context,
  distinctIds: readonly string[],
  cohortIds: readonly number[],
): Promise<{ distinctId: string; cohortId: number }[]> {
  return context.db.queryRows<{ distinctId: string; cohortId: number }>(Prisma.sql`
    SELECT m.distinct_id AS "distinctId", m.cohort_id AS "cohortId"
    FROM cohort_members m
    WHERE m.cohort_id = ANY (${anyLengthSql([...cohortIds], 'int')}) AND m.distinct_id = ANY (${anyLengthSql([...distinctIds], 'text')})`)
}
