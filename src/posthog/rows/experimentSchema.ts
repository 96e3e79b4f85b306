import { z } from 'zod'
import { type Experiment, Prisma } from '../../database/generated/client.ts'
import { ExperimentConclusion, ExperimentType } from '../../database/generated/enums.ts'
import * as field from './fields.ts'
import { toColumns } from './toColumns.ts'
import { toJsonPerson, toJsonTime } from './toJsonTime.ts'

// Null becomes NULL in the database, not JSON null.
const objectOrNull = field.withDefault(field.jsonObject, Prisma.DbNull)
const listOrNull = field.withDefault(field.jsonList, Prisma.DbNull)
/** A missing value becomes an empty list. Null stays null. */
const metrics = field.jsonList
  .nullable()
  .default([])
  .transform((list) => list ?? Prisma.DbNull)
const date = field.withDefault(field.timestamp, null)

/** A row of PostHog's list of experiments (experiments.md 1.2), with defaults filled in. There is no status: it follows from the dates. */
export const experimentSchema = z
  .object(
    {
      id: field.positiveInteger,
      name: field.boundedText(1, 400),
      description: field.withDefault(field.boundedText(0, 3000), null),
      type: field.withDefault(field.enumValue(ExperimentType), ExperimentType.product),
      feature_flag: z.object({ id: z.number().nullish(), key: z.string().nullish() }, 'must be an object, or null').nullish(),
      feature_flag_key: field.text.nullish(),
      feature_flag_auto_archived: field.withDefault(field.boolean, false),
      parameters: objectOrNull,
      running_time_calculation: objectOrNull,
      filters: field.withDefault(field.jsonObject, {}),
      metrics,
      metrics_secondary: metrics,
      secondary_metrics: metrics,
      primary_metrics_ordered_uuids: listOrNull,
      secondary_metrics_ordered_uuids: listOrNull,
      stats_config: objectOrNull,
      exposure_criteria: objectOrNull,
      scheduling_config: objectOrNull,
      only_count_matured_users: field.withDefault(field.boolean, false),
      exposure_cohort: field.withDefault(field.positiveInteger, null),
      exposure_frozen_at: date,
      tags: field.withDefault(field.nameList, []),
      start_date: date,
      end_date: date,
      conclusion: field.withDefault(field.enumValue(ExperimentConclusion), null),
      conclusion_comment: field.withDefault(field.text, null),
      archived: field.withDefault(field.boolean, false),
      deleted: field.withDefault(field.boolean, false),
      variants: objectOrNull,
      holdout: z.unknown().optional(),
      holdout_id: z.unknown().optional(),
      saved_metrics: field.withDefault(z.array(z.unknown(), 'must be a list'), []),
      created_by: field.person,
      created_at: field.optionalTimestamp,
      updated_at: field.optionalTimestamp,
    },
    'it must be an object: an experiment',
  )
  .superRefine(({ start_date: start, end_date: end }, { addIssue }) => {
    if (end === null || (start !== null && start <= end)) return
    const message = start === null ? 'must be null while start_date is null' : 'must not be before start_date'
    addIssue({ code: 'custom', path: ['end_date'], message })
  })

export type ExperimentJson = z.infer<typeof experimentSchema>

/** The columns of an experiment from its row, without flag, holdout and people. */
export function experimentValues(row: ExperimentJson) {
  const { id, feature_flag, feature_flag_key, exposure_cohort, holdout, holdout_id, saved_metrics, created_by, ...columns } = row
  return { ...toColumns(columns), exposureCohortId: exposure_cohort }
}

/** The row of an experiment as the REST API prints it. */
export function experimentToJson(
  stored: Experiment,
  {
    flag,
    holdout,
    savedMetrics,
  }: {
    flag: { id: number; key: string } | null
    holdout: Record<string, unknown> | null
    savedMetrics: { id: number; name: string; query: unknown; metadata: unknown }[]
  },
  createdBy: unknown,
) {
  return {
    name: stored.name,
    description: stored.description,
    type: stored.type,
    feature_flag_key: flag?.key ?? null,
    feature_flag: flag,
    feature_flag_auto_archived: stored.featureFlagAutoArchived,
    parameters: stored.parameters,
    running_time_calculation: stored.runningTimeCalculation,
    filters: stored.filters,
    metrics: stored.metrics,
    metrics_secondary: stored.metricsSecondary,
    secondary_metrics: stored.secondaryMetrics,
    primary_metrics_ordered_uuids: stored.primaryMetricsOrderedUuids,
    secondary_metrics_ordered_uuids: stored.secondaryMetricsOrderedUuids,
    stats_config: stored.statsConfig,
    exposure_criteria: stored.exposureCriteria,
    scheduling_config: stored.schedulingConfig,
    only_count_matured_users: stored.onlyCountMaturedUsers,
    exposure_cohort: stored.exposureCohortId,
    exposure_frozen_at: toJsonTime(stored.exposureFrozenAt),
    tags: stored.tags,
    start_date: toJsonTime(stored.startDate),
    end_date: toJsonTime(stored.endDate),
    conclusion: stored.conclusion,
    conclusion_comment: stored.conclusionComment,
    archived: stored.archived,
    deleted: stored.deleted,
    variants: stored.variants,
    holdout,
    holdout_id: holdout?.id ?? null,
    saved_metrics: savedMetrics.map(({ id, ...metric }) => ({ saved_metric: id, ...metric })),
    created_by: toJsonPerson(createdBy),
    created_at: toJsonTime(stored.createdAt),
    updated_at: toJsonTime(stored.updatedAt),
  }
}
