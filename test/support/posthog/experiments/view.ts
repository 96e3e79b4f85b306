import { asObject, type JsonObject } from '../../../../src/platform/json.ts'
import { holdoutView } from '../collections/holdoutView.ts'
import { groupsOf, variantsOf } from '../flags/filters.ts'
import { plainKey, shortFlagView } from '../flags/view.ts'
import type { Experiment, User } from '../state/rows.ts'
import { mayEdit, type State } from '../state/state.ts'
import { formatNullable, formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'
import { fingerprinted } from './metrics.ts'

export type StoredStatus = 'draft' | 'running' | 'stopped'

export function storedStatus({ start_date, end_date }: Experiment): StoredStatus {
  if (start_date === null) return 'draft'
  return end_date === null ? 'running' : 'stopped'
}

/** Derived from the flag too: it changes without a change of the experiment. */
export function statusOf(state: State, row: Experiment): string {
  const stored = storedStatus(row)
  if (stored !== 'running') return stored
  const flag = state.flagOf(row)
  if (!flag.active) return 'paused'
  const groups = groupsOf(flag.filters)
  return groups.length > 0 && groups.every((group) => group.exposure_frozen === true) ? 'exposure_frozen' : 'running'
}

export function isLegacy({ metrics, metrics_secondary }: Experiment): boolean {
  const kinds = [...(metrics ?? []), ...(metrics_secondary ?? [])].map(({ kind }) => kind)
  return kinds.some((kind) => kind === 'ExperimentTrendsQuery' || kind === 'ExperimentFunnelsQuery')
}

/** Own keys, and the settings of the flag as it is now. */
function projectedParameters(state: State, row: Experiment): JsonObject {
  const flag = state.flagOf(row)
  const variants = variantsOf(flag.filters).map((variant) => ({ ...variant, split_percent: variant.rollout_percentage }))
  return {
    ...row.parameters,
    feature_flag_variants: variants,
    rollout_percentage: groupsOf(flag.filters)[0]?.rollout_percentage ?? 100,
    feature_flag_payloads: asObject(flag.filters.payloads) ?? {},
    aggregation_group_type_index: flag.filters.aggregation_group_type_index ?? null,
    ensure_experience_continuity: flag.ensure_experience_continuity,
  }
}

/** What rows of the list show in both forms. */
export function lightExperimentView(state: State, row: Experiment, viewer: User): JsonObject {
  const flag = state.flagOf(row)
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    type: row.type,
    start_date: formatNullable(row.start_date),
    end_date: formatNullable(row.end_date),
    feature_flag_key: plainKey(flag),
    feature_flag: shortFlagView(state, flag),
    holdout: row.holdout_id === null ? null : holdoutView(state, row.holdout_id),
    exposure_cohort: row.exposure_cohort,
    parameters: projectedParameters(state, row),
    running_time_calculation: row.running_time_calculation,
    excluded_variants: row.excluded_variants,
    archived: row.archived,
    deleted: row.deleted,
    created_by: userView(state, row.created_by),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    conclusion: row.conclusion,
    conclusion_comment: row.conclusion_comment,
    status: statusOf(state, row),
    is_legacy: isLegacy(row),
    user_access_level: mayEdit(viewer, 'experiment', row.id) ? 'editor' : 'viewer',
  }
}

export function experimentView(state: State, row: Experiment, viewer: User): JsonObject {
  const saved = row.saved_metrics.flatMap((link) => {
    const metric = state.savedMetrics.get(link.saved_metric)
    if (metric === undefined) return []
    const [query] = fingerprinted(row, [withActionNames(state, metric.query)])
    return [{ ...link, experiment: row.id, created_at: formatTime(link.created_at), query, name: metric.name }]
  })
  return {
    ...lightExperimentView(state, row, viewer),
    holdout_id: row.holdout_id,
    saved_metrics: saved,
    metrics: refreshed(state, row, row.metrics),
    metrics_secondary: refreshed(state, row, row.metrics_secondary),
    secondary_metrics: row.secondary_metrics,
    filters: row.filters,
    stats_config: row.stats_config,
    exposure_criteria: row.exposure_criteria,
    scheduling_config: row.scheduling_config,
    primary_metrics_ordered_uuids: row.primary_metrics_ordered_uuids,
    secondary_metrics_ordered_uuids: row.secondary_metrics_ordered_uuids,
    only_count_matured_users: row.only_count_matured_users,
  }
}

/** Names of actions are those of today, so that two reads of an unchanged row may differ. */
function refreshed(state: State, row: Experiment, metrics: JsonObject[] | null): JsonObject[] | null {
  return metrics === null ? null : fingerprinted(row, metrics).map((metric) => withActionNames(state, metric))
}

export function withActionNames<T>(state: State, value: T): T {
  if (Array.isArray(value)) return value.map((each) => withActionNames(state, each)) as T
  const found = asObject(value)
  if (found === null) return value
  const inner = Object.fromEntries(Object.entries(found).map(([key, each]) => [key, withActionNames(state, each)]))
  if (inner.kind === 'ActionsNode') inner.name = state.actions.get(Number(inner.id))?.name ?? inner.name
  return inner as T
}
