import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import { ExperimentConclusion, ExperimentType } from '../../database/generated/enums.ts'
import { jsonList, jsonObject, moment, oneOf, person, referenceId, switchable, text } from './fields.ts'

const objectOrNull = jsonObject.nullish().transform((value) => value ?? null)
const listOrNull = jsonList.nullish().transform((value) => value ?? null)
/** Missing is an empty list here; null stays null. */
const metrics = jsonList.nullable().default([])
const date = moment.nullish().transform((at) => at ?? null)
const linkedFlag = z.object({ id: z.number().nullish(), key: z.string().nullish() }, 'must be an object, or null').nullish()

/** A row of the reference's list of experiments (experiments.md 1.2), with its defaults filled in. Its status is told by its dates. */
export const experimentRow = z.object(
  {
    id: referenceId,
    name: text(1, 400),
    description: text(0, 3000)
      .nullish()
      .transform((description) => description ?? null),
    type: oneOf(ExperimentType)
      .nullish()
      .transform((type) => type ?? ExperimentType.product),
    feature_flag: linkedFlag,
    feature_flag_key: z.string('must be text').nullish(),
    feature_flag_auto_archived: switchable(false),
    parameters: objectOrNull,
    running_time_calculation: objectOrNull,
    filters: jsonObject.nullish().transform((filters) => filters ?? {}),
    metrics,
    metrics_secondary: metrics,
    secondary_metrics: metrics,
    primary_metrics_ordered_uuids: listOrNull,
    secondary_metrics_ordered_uuids: listOrNull,
    stats_config: objectOrNull,
    exposure_criteria: objectOrNull,
    scheduling_config: objectOrNull,
    only_count_matured_users: switchable(false),
    exposure_cohort: referenceId.nullish().transform((id) => id ?? null),
    start_date: date,
    end_date: date,
    conclusion: oneOf(ExperimentConclusion)
      .nullish()
      .transform((conclusion) => conclusion ?? null),
    conclusion_comment: z
      .string('must be text')
      .nullish()
      .transform((comment) => comment ?? null),
    archived: switchable(false),
    deleted: switchable(false),
    variants: objectOrNull,
    holdout: z.unknown().optional(),
    holdout_id: z.unknown().optional(),
    saved_metrics: z
      .array(z.unknown(), 'must be a list')
      .nullish()
      .transform((links) => links ?? []),
    created_by: person,
    created_at: moment.nullish(),
    updated_at: moment.nullish(),
  },
  'it must be an object: an experiment',
)

export type ExperimentRow = z.infer<typeof experimentRow>

/** The columns of an experiment that its row fills; its flag, its holdout and people aside. */
export function experimentColumns(row: ExperimentRow) {
  return {
    name: row.name,
    description: row.description,
    type: row.type,
    featureFlagAutoArchived: row.feature_flag_auto_archived,
    parameters: column(row.parameters),
    runningTimeCalculation: column(row.running_time_calculation),
    filters: row.filters,
    metrics: column(row.metrics),
    metricsSecondary: column(row.metrics_secondary),
    secondaryMetrics: column(row.secondary_metrics),
    primaryMetricsOrderedUuids: column(row.primary_metrics_ordered_uuids),
    secondaryMetricsOrderedUuids: column(row.secondary_metrics_ordered_uuids),
    statsConfig: column(row.stats_config),
    exposureCriteria: column(row.exposure_criteria),
    schedulingConfig: column(row.scheduling_config),
    onlyCountMaturedUsers: row.only_count_matured_users,
    exposureCohortId: row.exposure_cohort,
    startDate: row.start_date,
    endDate: row.end_date,
    conclusion: row.conclusion,
    conclusionComment: row.conclusion_comment,
    archived: row.archived,
    deleted: row.deleted,
    variants: column(row.variants),
    ...(row.created_at ? { createdAt: row.created_at } : {}),
    ...(row.updated_at ? { updatedAt: row.updated_at } : {}),
  }
}

/** No value is NULL in the database, not the word null in JSON. */
function column(value: Prisma.InputJsonObject | Prisma.InputJsonArray | null) {
  return value ?? Prisma.DbNull
}
