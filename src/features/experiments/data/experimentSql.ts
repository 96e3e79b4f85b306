import { Prisma } from '../../../database/generated/client.ts'
import { numberKey, type SortDirection, type SortOrder, textKey, timestampKey } from '../../../database/keyset/sortOrder.ts'
import type { ExperimentStatus } from '../rules/status.ts'

// The conditions and orders of lists of experiments: for statements that read from `experiments e`.

/** What experiments can be ordered by. */
export type ExperimentSortField = 'CREATED_AT' | 'UPDATED_AT' | 'NAME' | 'START_DATE' | 'END_DATE' | 'DURATION' | 'STATUS' | 'CREATED_BY'

/**
 * The order of a list of experiments (experiments.md 9), the newest first when none is given. What has no value stands last when
 * ascending. Indexes serve all but DURATION and CREATED_BY, which sort the experiments of one project.
 *
 * @param asOf what the duration of a running experiment is measured to
 */
export function experimentSortOrder(
  order: { field: ExperimentSortField; direction: SortDirection } | null | undefined,
  asOf: Date,
): SortOrder {
  const { field, direction } = order ?? { field: 'CREATED_AT' as const, direction: 'DESC' as const }
  return { name: `experiments by ${field} ${direction}`, direction, ...sortKey(field, asOf) }
}

function sortKey(field: ExperimentSortField, asOf: Date): Pick<SortOrder, 'keyType' | 'expression' | 'asOf'> {
  switch (field) {
    case 'CREATED_AT':
      return { keyType: timestampKey, expression: Prisma.sql`e.created_at` }
    case 'UPDATED_AT':
      return { keyType: timestampKey, expression: Prisma.sql`e.updated_at` }
    case 'NAME':
      return { keyType: textKey, expression: Prisma.sql`e.name COLLATE "C"` }
    case 'START_DATE':
      return { keyType: timestampKey, expression: Prisma.sql`coalesce(e.start_date, 'infinity')` }
    case 'END_DATE':
      return { keyType: timestampKey, expression: Prisma.sql`coalesce(e.end_date, 'infinity')` }
    case 'DURATION':
      return {
        keyType: numberKey,
        expression: Prisma.sql`coalesce(extract(epoch FROM coalesce(e.end_date, ${asOf}::timestamptz) - e.start_date)::float8, 'Infinity')`,
        asOf: asOf,
      }
    case 'STATUS':
      return { keyType: numberKey, expression: statusRankSql }
    case 'CREATED_BY':
      // The leading digit puts experiments without a maker behind every name.
      return {
        keyType: textKey,
        expression: Prisma.sql`coalesce((SELECT '0' || coalesce(nullif(u.first_name, ''), u.email) FROM users u WHERE u.id = e.created_by_id), '1') COLLATE "C"`,
      }
  }
}

const launchedSql = Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NULL`
const flagActiveSql = Prisma.sql`EXISTS (SELECT FROM feature_flags f WHERE f.id = e.feature_flag_id AND f.active)`

/** `statusOf` as a condition; a test holds the two together. */
export const statusSql: Record<ExperimentStatus, Prisma.Sql> = {
  DRAFT: Prisma.sql`e.start_date IS NULL`,
  RUNNING: Prisma.sql`${launchedSql} AND ${flagActiveSql}`,
  PAUSED: Prisma.sql`${launchedSql} AND NOT ${flagActiveSql}`,
  STOPPED: Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NOT NULL`,
}

/** Draft, running (or paused), stopped: 0, 1, 2. */
export const statusRankSql = Prisma.sql`CASE WHEN e.start_date IS NULL THEN 0 WHEN e.end_date IS NULL THEN 1 ELSE 2 END::float8`

// "strict": the lax mode looks into lists by itself, and so puts a node together from the kind of one and the event of another.
/** Holds where a metric, at any depth, has an events node of this event, or an actions node of one of these actions. */
function mentionsEventSql(metric: Prisma.Sql, event: string): Prisma.Sql {
  return Prisma.sql`(
    jsonb_path_exists(${metric}, 'strict $.** ? (@.kind == "EventsNode" && @.event == $event)', jsonb_build_object('event', ${event}::text))
    OR EXISTS (
      SELECT FROM actions a
      WHERE a.project_id = e.project_id AND NOT a.deleted
        AND jsonb_path_exists(a.steps, 'strict $[*] ? (@.event == $event)', jsonb_build_object('event', ${event}::text))
        AND jsonb_path_exists(
          ${metric},
          'strict $.** ? (@.kind == "ActionsNode" && (@.id == $id || @.id == $text))',
          jsonb_build_object('id', a.id, 'text', a.id::text)
        )
    )
  )`
}

/**
 * Holds for the rows of `experiments e` with a metric (primary, secondary or saved) on exactly this event, directly or through a step
 * of an action of the project that is not deleted (experiments.md 9). A metric on any event names none.
 */
export function usesEventSql(event: string): Prisma.Sql {
  return Prisma.sql`(
    ${mentionsEventSql(Prisma.sql`jsonb_build_array(e.metrics, e.metrics_secondary)`, event)}
    OR EXISTS (
      SELECT FROM experiment_saved_metrics l JOIN saved_metrics m ON m.id = l.saved_metric_id
      WHERE l.experiment_id = e.id AND ${mentionsEventSql(Prisma.sql`m.query`, event)}
    )
  )`
}
