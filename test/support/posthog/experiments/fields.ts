import { asObject, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { variantsOf } from '../flags/filters.ts'
import { validationError } from '../server/errors.ts'
import { anything, bool, choice, integer, list, nullable, object, text, time } from '../server/fields.ts'
import type { Experiment, Flag } from '../state/rows.ts'
import type { State } from '../state/state.ts'

const uuids = nullable(list(text()))

export const updateReaders = {
  name: text(400, false),
  description: nullable(text(3_000)),
  type: nullable(choice('web', 'product')),
  start_date: nullable(time),
  end_date: nullable(time),
  parameters: nullable(object),
  running_time_calculation: nullable(object),
  excluded_variants: nullable(list(text())),
  archived: bool,
  deleted: nullable(bool),
  holdout_id: nullable(integer),
  saved_metrics_ids: anything,
  metrics: nullable(list(object)),
  metrics_secondary: nullable(list(object)),
  secondary_metrics: nullable(list(object)),
  filters: nullable(object),
  stats_config: nullable(object),
  exposure_criteria: nullable(object),
  scheduling_config: nullable(object),
  primary_metrics_ordered_uuids: uuids,
  secondary_metrics_ordered_uuids: uuids,
  only_count_matured_users: bool,
  conclusion: nullable(choice('won', 'lost', 'inconclusive', 'stopped_early', 'invalid')),
  conclusion_comment: nullable(text(4_000)),
  exposure_cohort: nullable(integer),
}

/** Keys that a body may have beside the columns: settings of the write, and echoes of what was read. */
export const otherKeys = [
  ...['feature_flag', 'feature_flag_key', 'update_feature_flag_params', 'allow_unknown_events', 'holdout', 'saved_metrics', 'id', 'status'],
  ...['created_by', 'created_at', 'updated_at', 'is_legacy', 'user_access_level'],
]

export function refuseUnknownKeys(body: JsonObject, verb: 'create' | 'update'): void {
  const unknown = Object.keys(body).filter((key) => !(key in updateReaders) && !otherKeys.includes(key))
  if (unknown.length > 0) throw validationError(`Can't ${verb} keys: ${unknown.join(', ')} on Experiment`)
}

export function checkDates(start: number | null, end: number | null): void {
  if (start !== null && end !== null && start >= end) throw validationError('End date must be after start date')
}

/** An existing flag must have two variants, one of them `control`. */
export function checkFlagShape(flag: Flag): void {
  const variants = variantsOf(flag.filters)
  if (variants.length < 2) throw validationError('Feature flag must have at least 2 variants (control and at least one test variant)')
  if (!variants.some(({ key }) => key === 'control')) throw validationError("Feature flag must have a variant with key 'control'")
}

export function checkStats(stats: JsonObject | null | undefined, flag: Flag | undefined): void {
  if (stats == null) return
  if (stats.method !== undefined && stats.method !== 'bayesian' && stats.method !== 'frequentist') {
    throw validationError('stats_config.method must be bayesian or frequentist', 'stats_config')
  }
  const baseline = stats.baseline_variant_key
  if (baseline != null && flag !== undefined && !variantsOf(flag.filters).some(({ key }) => key === baseline)) {
    throw validationError(`Baseline variant '${baseline}' is not a variant of the feature flag.`, 'stats_config')
  }
}

/** Links to saved metrics, from `[{id, metadata}]`. */
export function readSavedMetrics(state: State, project: number, value: unknown): Experiment['saved_metrics'] {
  if (value == null) return []
  if (!Array.isArray(value)) throw validationError('Saved metrics must be a list')
  return value.map((link) => {
    if (!isObject(link)) throw validationError('Saved metric must be an object')
    if (link.id === undefined) throw validationError('Saved metric must have an id')
    const metadata = link.metadata === undefined ? { type: 'primary' } : asObject(link.metadata)
    if (metadata === null) throw validationError('Metadata must be an object')
    if (metadata.type === undefined) throw validationError('Metadata must have a type key')
    const metric = state.savedMetrics.get(Number(link.id))
    if (metric?.team_id !== project) throw validationError('Saved metric does not exist or does not belong to this project')
    return { id: ++state.savedMetrics.linkId, saved_metric: metric.id, metadata, created_at: state.now() }
  })
}

export function checkHoldout(state: State, project: number, id: number | null | undefined): void {
  if (id == null || state.holdouts.get(id)?.team_id === project) return
  throw validationError(`Invalid pk "${id}" - object does not exist.`, 'holdout_id', 'does_not_exist')
}

/** The variants of a new flag: from `feature_flag`, from `parameters` as older clients send them, or the usual two. */
export function readVariants(value: unknown): JsonObject[] {
  if (value == null || (Array.isArray(value) && value.length === 0)) {
    return [
      { key: 'control', name: 'Control Group', rollout_percentage: 50 },
      { key: 'test', name: 'Test Variant', rollout_percentage: 50 },
    ]
  }
  if (!Array.isArray(value)) throw validationError('feature_flag_variants must be a list')
  if (value.length >= 21) throw validationError('Feature flag variants must be less than 21')
  const variants = value.map((variant, at) => {
    if (!isObject(variant)) throw validationError(`Feature flag variant at index ${at} must be an object`)
    if (!variant.key) throw validationError(`Feature flag variant at index ${at} must have a 'key' field`)
    const { split_percent, ...rest } = variant
    const rollout_percentage = split_percent ?? rest.rollout_percentage
    if (rollout_percentage == null)
      throw validationError('Each variant must include split_percent (recommended) or rollout_percentage (deprecated).')
    if (!Number.isInteger(rollout_percentage))
      throw validationError('A valid integer is required.', `feature_flag__filters__multivariate__variants__${at}`)
    return { ...rest, rollout_percentage }
  })
  checkFlagShape({ filters: { multivariate: { variants } } } as unknown as Flag)
  return variants
}
