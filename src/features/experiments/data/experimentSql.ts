import { type ExperimentConclusion, Prisma } from '../../../database/generated/client.ts'
import { numberKey, type SortDirection, type SortOrder, textKey, timestampKey } from '../../../database/keyset/sortOrder.ts'
import { mentionsEventSql } from '../../metrics/data/mentionsSql.ts'
import type { ExperimentStatus } from '../rules/status.ts'

// The SQL conditions and sort orders for lists of experiments. They need the alias of `experiments e`.

/** The place of an experiment in the order of STATUS. */
const statusRankSql = Prisma.sql`CASE WHEN e.start_date IS NULL THEN 0 WHEN e.end_date IS NULL THEN 1 ELSE 2 END::float8`
const statusRanks: Record<ExperimentStatus, number> = { DRAFT: 0, RUNNING: 1, EXPOSURE_FROZEN: 1, PAUSED: 1, STOPPED: 2 }

/** The place of an experiment in the order of CONCLUSION. */
const conclusionRankSql = Prisma.sql`CASE e.conclusion WHEN 'won' THEN 0 WHEN 'lost' THEN 1 WHEN 'inconclusive' THEN 2 WHEN 'stopped_early' THEN 3 WHEN 'invalid' THEN 4 ELSE 'Infinity'::float8 END`
const conclusionRanks: Record<ExperimentConclusion, number> = { won: 0, lost: 1, inconclusive: 2, stopped_early: 3, invalid: 4 }

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
  STATUS: () => ({ keyType: numberKey, expression: statusRankSql }),
  CONCLUSION: () => ({ keyType: numberKey, expression: conclusionRankSql }),
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
const withFlagSql = (condition: Prisma.Sql) =>
  Prisma.sql`EXISTS (SELECT FROM feature_flags f WHERE f.id = e.feature_flag_id AND ${condition})`

/** `getExperimentStatus` as SQL conditions. A test checks that the two agree. */
export const statusSql: Record<ExperimentStatus, Prisma.Sql> = {
  DRAFT: Prisma.sql`e.start_date IS NULL`,
  RUNNING: Prisma.sql`${launchedSql} AND ${withFlagSql(Prisma.sql`f.active AND NOT f.exposure_frozen`)}`,
  EXPOSURE_FROZEN: Prisma.sql`${launchedSql} AND ${withFlagSql(Prisma.sql`f.active AND f.exposure_frozen`)}`,
  PAUSED: Prisma.sql`${launchedSql} AND ${withFlagSql(Prisma.sql`NOT f.active`)}`,
  STOPPED: Prisma.sql`e.start_date IS NOT NULL AND e.end_date IS NOT NULL`,
}

/** A condition: the experiment has one of these statuses. The first part of it is in the index of the order by status. */
export function statusesSql(statuses: readonly ExperimentStatus[]): Prisma.Sql {
  const [first, ...others] = [...new Set(statuses)].map((status) => statusSql[status])
  if (first === undefined) return Prisma.sql`false`
  const ranks = [...new Set(statuses.map((status) => statusRanks[status]))]
  const any = [first, ...others].map((condition) => Prisma.sql`(${condition})`)
  return Prisma.sql`${statusRankSql} = ANY (${ranks}::float8[]) AND (${Prisma.join(any, ' OR ')})`
}

/** A condition: the experiment has one of these conclusions. */
export function conclusionsSql(conclusions: readonly ExperimentConclusion[]): Prisma.Sql {
  return Prisma.sql`${conclusionRankSql} = ANY (${conclusions.map((conclusion) => conclusionRanks[conclusion])}::float8[])`
}

/**
 * Conditions: a time of the experiment is in a period. It is compared as the order by that time compares it, so that its index finds it.
 *
 * @param since the first instant of the period, or SQL for it
 * @param before the first instant after the period, or SQL for it
 */
export function inPeriodSql(
  time: 'CREATED_AT' | 'UPDATED_AT' | 'START_DATE' | 'END_DATE',
  since: Date | Prisma.Sql | null | undefined,
  before: Date | Prisma.Sql | null | undefined,
): Prisma.Sql[] {
  const { expression } = sortKeys[time]()
  if (since == null && before == null) return []
  const from = since == null ? [] : [Prisma.sql`${expression} >= ${since}::timestamptz`]
  // What never happened is 'infinity'.
  return [...from, Prisma.sql`${expression} < ${before ?? Prisma.sql`'infinity'`}::timestamptz`]
}

/**
 * A condition on `experiments e` in a list of a project: the experiment has a metric (primary, secondary or saved) on exactly this event (experiments.md 9). The
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
