import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import { ExperimentConclusion, ExperimentType } from '../../database/generated/enums.ts'
import { enumField, jsonList, jsonObject, optionalBoolean, personField, referenceId, textField, timestamp } from './fields.ts'

const objectOrNull = jsonObject.nullish().transform((value) => value ?? null)
const listOrNull = jsonList.nullish().transform((value) => value ?? null)
/** A missing value becomes an empty list. Null stays null. */
const metrics = jsonList.nullable().default([])
const date = timestamp.nullish().transform((at) => at ?? null)
const linkedFlag = z.object({ id: z.number().nullish(), key: z.string().nullish() }, 'must be an object, or null').nullish()

/** A row of PostHog's list of experiments (experiments.md 1.2), with defaults filled in. There is no status: it follows from the dates. */
export const experimentSchema = z.object(
  {
    id: referenceId,
    name: textField(1, 400),
    description: textField(0, 3000)
      .nullish()
      .transform((description) => description ?? null),
    type: enumField(ExperimentType)
      .nullish()
      .transform((type) => type ?? ExperimentType.product),
    feature_flag: linkedFlag,
    feature_flag_key: z.string('must be text').nullish(),
    feature_flag_auto_archived: optionalBoolean(false),
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
    only_count_matured_users: optionalBoolean(false),
    exposure_cohort: referenceId.nullish().transform((id) => id ?? null),
    start_date: date,
    end_date: date,
    conclusion: enumField(ExperimentConclusion)
      .nullish()
      .transform((conclusion) => conclusion ?? null),
    conclusion_comment: z
      .string('must be text')
      .nullish()
      .transform((comment) => comment ?? null),
    archived: optionalBoolean(false),
    deleted: optionalBoolean(false),
    variants: objectOrNull,
    holdout: z.unknown().optional(),
    holdout_id: z.unknown().optional(),
    saved_metrics: z
      .array(z.unknown(), 'must be a list')
      .nullish()
      .transform((links) => links ?? []),
    created_by: personField,
    created_at: timestamp.nullish(),
    updated_at: timestamp.nullish(),
  },
  'it must be an object: an experiment',
)

export type ExperimentJson = z.infer<typeof experimentSchema>

/** The columns of an experiment from its row, without flag, holdout and people. */
export function experimentValues(row: ExperimentJson) {
  return {
    name: row.name,
    description: row.description,
    type: row.type,
    featureFlagAutoArchived: row.feature_flag_auto_archived,
    parameters: orDbNull(row.parameters),
    runningTimeCalculation: orDbNull(row.running_time_calculation),
    filters: row.filters,
    metrics: orDbNull(row.metrics),
    metricsSecondary: orDbNull(row.metrics_secondary),
    secondaryMetrics: orDbNull(row.secondary_metrics),
    primaryMetricsOrderedUuids: orDbNull(row.primary_metrics_ordered_uuids),
    secondaryMetricsOrderedUuids: orDbNull(row.secondary_metrics_ordered_uuids),
    statsConfig: orDbNull(row.stats_config),
    exposureCriteria: orDbNull(row.exposure_criteria),
    schedulingConfig: orDbNull(row.scheduling_config),
    onlyCountMaturedUsers: row.only_count_matured_users,
    exposureCohortId: row.exposure_cohort,
    startDate: row.start_date,
    endDate: row.end_date,
    conclusion: row.conclusion,
    conclusionComment: row.conclusion_comment,
    archived: row.archived,
    deleted: row.deleted,
    variants: orDbNull(row.variants),
    ...(row.created_at ? { createdAt: row.created_at } : {}),
    ...(row.updated_at ? { updatedAt: row.updated_at } : {}),
  }
}

/** Null becomes NULL in the database, not JSON null. */
function orDbNull(value: Prisma.InputJsonObject | Prisma.InputJsonArray | null) {
  return value ?? Prisma.DbNull
}
