import { Prisma } from '../../../database/generated/client.ts'
import { numberKey, type SortDirection, type SortOrder, textKey, timestampKey } from '../../../database/keyset/sortOrder.ts'
import type { ExperimentStatus } from '../rules/status.ts'

// The SQL conditions and sort orders for lists of experiments. They need the alias of `experiments e`.

const sortKeys = {
  CREATED_AT: () => ({ keyType: timestampKey, expression: Prisma.sql`e.created_at` }),
  UPDATED_AT: () => ({ keyType: timestampKey, expression: Prisma.sql`e.updated_at` }),
  NAME: () => ({ keyType: textKey, expression: Prisma.sql`e.name COLLATE "C"` }),
  START_DATE: () => ({ keyType: timestampKey, expression: Prisma.sql`coalesce(e.start_date, 'infinity')` }),
  END_DATE: () => ({ keyType: timestampKey, expression: Prisma.sql`coalesce(e.end_date, 'infinity')` }),
  DURATION: (asOf) => ({
    keyType: numberKey,
    expression: Prisma.sql`coalesce(extract(epoch FROM coalesce(e.end_date, ${asOf}::timestamptz) - e.start_date)::float8, 'Infinity')`,
    asOf,
  }),
  // Draft is 0, running and paused are 1, stopped is 2.
  STATUS: () => ({
    keyType: numberKey,
    expression: Prisma.sql`CASE WHEN e.start_date IS NULL THEN 0 WHEN e.end_date IS NULL THEN 1 ELSE 2 END::float8`,
  }),
  // The leading digit sorts experiments without a creator after every name.
  CREATED_BY: () => ({
    keyType: textKey,
    expression: Prisma.sql`coalesce((SELECT '0' || coalesce(nullif(u.first_name, ''), u.email) FROM users u WHERE u.id = e.created_by_id), '1') COLLATE "C"`,
  }),
} satisfies Record<string, (asOf: Date) => Pick<SortOrder, 'keyType' | 'expression' | 'asOf'>>

/** The values that experiments can be ordered by. */
export type ExperimentSortField = keyof typeof sortKeys

/**
 * Returns the sort order of a list of experiments (experiments.md 9): the newest first by default. In ascending order, experiments without
 * a value come last. All orders use indexes except DURATION and CREATED_BY, which sort all experiments of the project.
 *
 * @param asOf the end of the duration of an experiment without an end date
 */
export function experimentSortOrder(
  order: { field: ExperimentSortField; direction: SortDirection } | null | undefined,
  asOf: Date,
): SortOrder {
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESC' }
  return { name: `experiments by ${field} ${direction}`, direction, ...sortKeys[field](asOf) }
}

const launchedSql = Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NULL`
const flagActiveSql = Prisma.sql`EXISTS (SELECT FROM feature_flags f WHERE f.id = e.feature_flag_id AND f.active)`

/** `getExperimentStatus` as SQL conditions. A test checks that the two agree. */
export const statusSql: Record<ExperimentStatus, Prisma.Sql> = {
  DRAFT: Prisma.sql`e.start_date IS NULL`,
  RUNNING: Prisma.sql`${launchedSql} AND ${flagActiveSql}`,
  PAUSED: Prisma.sql`${launchedSql} AND NOT ${flagActiveSql}`,
  STOPPED: Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NOT NULL`,
}

// "strict", because the lax mode unwraps lists. It would then match the kind of one node and the event of another.
/** A condition: the metric has, at any depth, an events node for this event or an actions node for an action with this event. */
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
 * A condition on `experiments e`: the experiment has a metric (primary, secondary or saved) on exactly this event (experiments.md 9). The
 * metric uses the event directly, or through a step of a live action of the project. A metric on any event does not match.
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
