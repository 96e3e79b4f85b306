import { asObject, type JsonObject } from '../../../../src/platform/json.ts'
import { createFlag } from '../flags/create.ts'
import { groupsOf } from '../flags/filters.ts'
import { liveFlag } from '../flags/write.ts'
import { permissionDenied, validationError } from '../server/errors.ts'
import { bool, readFields, text } from '../server/fields.ts'
import { recordActivity } from '../state/activity.ts'
import type { Experiment } from '../state/rows.ts'
import type { Actor, State } from '../state/state.ts'
import {
  checkDates,
  checkFlagShape,
  checkHoldout,
  checkStats,
  readSavedMetrics,
  readVariants,
  refuseUnknownKeys,
  updateReaders,
} from './fields.ts'
import { checkMetrics } from './metrics.ts'

const readers = { ...updateReaders, feature_flag_key: text(400, false), allow_unknown_events: bool }

export const newExperiment = {
  description: '',
  type: 'product',
  start_date: null,
  end_date: null,
  feature_flag_auto_archived: false,
  parameters: {},
  running_time_calculation: null,
  excluded_variants: null,
  holdout_id: null,
  saved_metrics: [],
  metrics: [],
  metrics_secondary: [],
  secondary_metrics: [],
  filters: {},
  exposure_criteria: { filterTestAccounts: true },
  stats_config: { method: 'bayesian' },
  scheduling_config: null,
  primary_metrics_ordered_uuids: null,
  secondary_metrics_ordered_uuids: null,
  only_count_matured_users: false,
  archived: false,
  deleted: false,
  conclusion: null,
  conclusion_comment: null,
  exposure_cohort: null,
} satisfies Partial<Experiment>

/** Makes an experiment from the body of a POST. A live flag with the key is reused as it is; otherwise a flag is made. */
export function createExperiment(state: State, actor: Actor, team_id: number, body: JsonObject): Experiment {
  if (actor.user.readOnly.has('experiment')) throw permissionDenied('You do not have editor access to this resource.')
  const read = readFields(body, readers, ['name', 'feature_flag_key'])
  refuseUnknownKeys(body, 'create')
  const { feature_flag_key = '', allow_unknown_events = false, saved_metrics_ids, parameters, ...columns } = read
  checkDates(columns.start_date ?? null, columns.end_date ?? null)
  checkHoldout(state, team_id, columns.holdout_id)
  checkMetrics(state, team_id, [columns.metrics ?? null, columns.metrics_secondary ?? null], allow_unknown_events)
  const existing = liveFlag(state, team_id, feature_flag_key)
  if (existing !== undefined) {
    if (body.feature_flag !== undefined) throw validationError('feature_flag can only be set for a new feature flag.', 'feature_flag')
    checkFlagShape(existing)
  }
  checkStats(columns.stats_config, existing)
  const saved_metrics = readSavedMetrics(state, team_id, saved_metrics_ids)
  const flag = existing ?? createFlag(state, actor, team_id, flagBody(state, read.name ?? '', feature_flag_key, body, columns))
  const now = state.now()
  const experiment = state.experiments.add({
    ...newExperiment,
    ...(columns as Partial<Experiment> & { name: string }),
    parameters: ownParameters(parameters ?? {}),
    stats_config: { ...newExperiment.stats_config, ...columns.stats_config },
    exposure_criteria: { ...newExperiment.exposure_criteria, ...columns.exposure_criteria },
    saved_metrics,
    id: state.experiments.nextId(),
    team_id,
    feature_flag_id: flag.id,
    created_by: actor.user.id,
    created_at: now,
    updated_at: now,
  })
  recordActivity(state, actor, team_id, {
    scope: 'Experiment',
    item_id: experiment.id,
    activity: 'created',
    name: experiment.name,
    changes: null,
  })
  return experiment
}

const projected = [
  ...['feature_flag_variants', 'rollout_percentage', 'feature_flag_payloads', 'aggregation_group_type_index'],
  'ensure_experience_continuity',
]

/** Without the keys that are read from the flag. */
export function ownParameters(parameters: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(parameters).filter(([key]) => !projected.includes(key)))
}

/** The body of the flag that is made for an experiment. */
function flagBody(
  state: State,
  name: string,
  key: string,
  body: JsonObject,
  columns: { start_date?: number | null; holdout_id?: number | null },
): JsonObject {
  const given = asObject(asObject(body.feature_flag)?.filters) ?? {}
  const parameters = asObject(body.parameters) ?? {}
  const variants = readVariants(asObject(given.multivariate)?.variants ?? parameters.feature_flag_variants)
  const rollout = groupsOf(given)[0]?.rollout_percentage ?? parameters.rollout_percentage ?? 100
  const payloads = given.payloads ?? parameters.feature_flag_payloads
  return {
    key,
    name: `Feature Flag for Experiment ${name}`,
    active: columns.start_date != null,
    filters: {
      groups: [{ properties: [], rollout_percentage: rollout }],
      multivariate: { variants },
      ...(payloads === undefined ? {} : { payloads }),
      ...(parameters.aggregation_group_type_index === undefined
        ? {}
        : { aggregation_group_type_index: parameters.aggregation_group_type_index }),
      holdout: holdoutOf(state, columns.holdout_id ?? null),
    },
  }
}

/** The holdout as flags carry it. Only the first entry's percentage reaches them. */
export function holdoutOf(state: State, id: number | null): JsonObject | null {
  const holdout = state.holdouts.get(id)
  return holdout === undefined ? null : { id: holdout.id, exclusion_percentage: holdout.filters[0]?.rollout_percentage ?? 0 }
}
