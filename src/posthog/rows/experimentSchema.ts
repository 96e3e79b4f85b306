import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import { ExperimentConclusion, ExperimentType } from '../../database/generated/enums.ts'
import {
  boolean,
  enumField,
  jsonList,
  jsonObject,
  optionalTimestamp,
  personField,
  plainText,
  positiveInteger,
  textField,
  timestamp,
  toColumns,
  withDefault,
} from './fields.ts'

// Null becomes NULL in the database, not JSON null.
const objectOrNull = withDefault(jsonObject, Prisma.DbNull)
const listOrNull = withDefault(jsonList, Prisma.DbNull)
/** A missing value becomes an empty list. Null stays null. */
const metrics = jsonList
  .nullable()
  .default([])
  .transform((list) => list ?? Prisma.DbNull)
const date = withDefault(timestamp, null)

/** A row of PostHog's list of experiments (experiments.md 1.2), with defaults filled in. There is no status: it follows from the dates. */
export const experimentSchema = z.object(
  {
    id: positiveInteger,
    name: textField(1, 400),
    description: withDefault(textField(0, 3000), null),
    type: withDefault(enumField(ExperimentType), ExperimentType.product),
    feature_flag: z.object({ id: z.number().nullish(), key: z.string().nullish() }, 'must be an object, or null').nullish(),
    feature_flag_key: plainText.nullish(),
    feature_flag_auto_archived: withDefault(boolean, false),
    parameters: objectOrNull,
    running_time_calculation: objectOrNull,
    filters: withDefault(jsonObject, {}),
    metrics,
    metrics_secondary: metrics,
    secondary_metrics: metrics,
    primary_metrics_ordered_uuids: listOrNull,
    secondary_metrics_ordered_uuids: listOrNull,
    stats_config: objectOrNull,
    exposure_criteria: objectOrNull,
    scheduling_config: objectOrNull,
    only_count_matured_users: withDefault(boolean, false),
    exposure_cohort: withDefault(positiveInteger, null),
    start_date: date,
    end_date: date,
    conclusion: withDefault(enumField(ExperimentConclusion), null),
    conclusion_comment: withDefault(plainText, null),
    archived: withDefault(boolean, false),
    deleted: withDefault(boolean, false),
    variants: objectOrNull,
    holdout: z.unknown().optional(),
    holdout_id: z.unknown().optional(),
    saved_metrics: withDefault(z.array(z.unknown(), 'must be a list'), []),
    created_by: personField,
    created_at: optionalTimestamp,
    updated_at: optionalTimestamp,
  },
  'it must be an object: an experiment',
)

export type ExperimentJson = z.infer<typeof experimentSchema>

/** The columns of an experiment from its row, without flag, holdout and people. */
export function experimentValues(row: ExperimentJson) {
  const { id, feature_flag, feature_flag_key, exposure_cohort, holdout, holdout_id, saved_metrics, created_by, ...columns } = row
  return { ...toColumns(columns), exposureCohortId: exposure_cohort }
}
