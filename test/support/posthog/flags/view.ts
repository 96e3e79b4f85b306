import type { JsonObject } from '../../../../src/platform/json.ts'
import type { Flag, User } from '../state/rows.ts'
import { mayEdit, type State } from '../state/state.ts'
import { day, formatNullable, formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'
import { cipherPayloads, displayFilters, groupsOf, variantsOf } from './filters.ts'

/** A flag as the list and the detail show it. Answers to writes always show the real evaluation contexts. */
export function flagView(state: State, flag: Flag, viewer: User, write = false): JsonObject {
  const organization = state.organizationOf(state.projectOf(flag))
  const experiments = state.experimentsOf(flag).filter((row) => !row.deleted)
  const surveys = state.surveys.grouped('linkedFlag', (row) => row.linked_flag_id, flag.id)
  const edits = mayEdit(viewer, 'feature_flag', flag.id)
  return {
    id: flag.id,
    name: flag.name,
    key: flag.key,
    filters: displayFilters(flag.filters, (id) => state.cohorts.get(Number(id))?.name),
    deleted: flag.deleted,
    active: flag.active,
    archived: flag.archived,
    created_by: userView(state, flag.created_by),
    created_at: formatTime(flag.created_at),
    updated_at: formatNullable(flag.updated_at),
    version: flag.version,
    last_modified_by: userView(state, flag.last_modified_by),
    ensure_experience_continuity: flag.ensure_experience_continuity,
    experiment_set: experiments.map(({ id }) => id),
    experiment_set_metadata: experiments.map(({ id, name, start_date, end_date }) => ({
      ...{ id, name, is_running: start_date !== null && end_date === null },
    })),
    surveys: surveys.map(({ id, name, type, start_date, end_date, archived }) => ({
      ...{ id, name, type, start_date: formatNullable(start_date), end_date: formatNullable(end_date), archived },
    })),
    features: flag.features,
    can_edit: edits,
    tags: flag.tags,
    evaluation_contexts: write || organization.evaluationContexts ? flag.evaluation_contexts : [],
    usage_dashboard: null,
    analytics_dashboards: [],
    has_enriched_analytics: false,
    user_access_level: edits ? 'editor' : 'viewer',
    is_remote_configuration: flag.is_remote_configuration,
    has_encrypted_payloads: flag.has_encrypted_payloads,
    status: flagStatus(state, flag),
    evaluation_runtime: flag.evaluation_runtime,
    bucketing_identifier: flag.bucketing_identifier,
    last_called_at: formatNullable(flag.last_called_at),
    is_used_in_replay_settings: flag.is_used_in_replay_settings,
    is_eligible_for_experiment: isEligible(flag),
  }
}

/** The form in experiments and surveys: no `archived`, no `updated_at`, filters as stored. */
export function shortFlagView(state: State, flag: Flag): JsonObject {
  const { id, team_id, name, key, deleted, active, ensure_experience_continuity, version, evaluation_runtime, bucketing_identifier } = flag
  const filters = flag.has_encrypted_payloads ? cipherPayloads(flag.filters) : flag.filters
  const shown = state.organizationOf(state.projectOf(flag)).evaluationContexts
  const evaluation_contexts = shown ? flag.evaluation_contexts : []
  return {
    ...{ id, team_id, name, key, filters, deleted, active, ensure_experience_continuity, version },
    ...{ evaluation_runtime, bucketing_identifier, evaluation_contexts },
  }
}

/** Derived from time, so that it changes by itself. */
export function flagStatus(state: State, flag: Flag): string {
  if (flag.deleted) return 'DELETED'
  if (flag.archived) return 'ARCHIVED'
  const monthAgo = state.now() - 30 * day
  if (flag.last_called_at !== null) return flag.last_called_at < monthAgo ? 'STALE' : 'ACTIVE'
  const isRolledOut = groupsOf(flag.filters).some(({ properties, rollout_percentage }) => {
    return (!Array.isArray(properties) || properties.length === 0) && rollout_percentage === 100
  })
  return flag.active && isRolledOut && flag.created_at < monthAgo ? 'STALE' : 'ACTIVE'
}

/** Multivariate, with 2 to 20 variants. */
export function isEligible(flag: Flag): boolean {
  const { length } = variantsOf(flag.filters)
  return length >= 2 && length <= 20
}

/** The key without the mark of a deleted flag that an experiment uses. */
export const plainKey = (flag: Flag) => flag.key.replace(new RegExp(`:deleted:${flag.id}$`), '')
