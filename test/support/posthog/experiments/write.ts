import { asObject, canonicalJson, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { groupsOf, variantsOf } from '../flags/filters.ts'
import { plainKey } from '../flags/view.ts'
import { writeFlag } from '../flags/write.ts'
import { notFound, permissionDenied, validationError } from '../server/errors.ts'
import { readFields } from '../server/fields.ts'
import { diff, recordActivity } from '../state/activity.ts'
import type { Experiment } from '../state/rows.ts'
import { type Actor, mayEdit, maySee, type State } from '../state/state.ts'
import { holdoutOf, ownParameters } from './create.ts'
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
import { isLegacy, storedStatus } from './view.ts'

/** Links to flag, holdout, saved metrics and cohort are not in the log. */
export const loggedFields = Object.keys(updateReaders).filter(
  (field) => !['holdout_id', 'saved_metrics_ids', 'exposure_cohort'].includes(field),
)

/** Finds an experiment. A deleted one is only found by the write that restores it. */
export function findExperiment(state: State, project: number, viewer: Actor['user'], id: string | number, restores = false): Experiment {
  const row = state.experiments.get(Number(id))
  if (row === undefined || row.team_id !== project || !maySee(viewer, 'experiment', row.id)) throw notFound()
  if (row.deleted && !restores) throw notFound()
  return row
}

export function assertMayEdit(actor: Actor, row: Experiment): void {
  if (!mayEdit(actor.user, 'experiment', row.id)) throw permissionDenied('You do not have editor access to this resource.')
}

/** Saves columns, and logs what changed. */
export function saveExperiment(state: State, actor: Actor, row: Experiment, change: Partial<Experiment>, activity?: string): Experiment {
  const before = { ...row }
  state.experiments.update(row, { ...change, updated_at: state.now() })
  const changes = diff('Experiment', before, row, loggedFields)
  const kind = activity ?? (before.deleted === row.deleted ? 'updated' : row.deleted ? 'deleted' : 'restored')
  recordActivity(state, actor, row.team_id, { scope: 'Experiment', item_id: row.id, activity: kind, name: row.name, changes })
  return row
}

/** The one way of a PATCH. Everything is checked before the flag is written. */
export function updateExperiment(state: State, actor: Actor, row: Experiment, body: JsonObject): Experiment {
  assertMayEdit(actor, row)
  const { saved_metrics_ids, parameters, type: _, ...columns } = readFields(body, updateReaders)
  refuseUnknownKeys(body, 'update')
  const flag = state.flagOf(row)
  const status = storedStatus(row)
  if (body.feature_flag_key !== undefined && body.feature_flag_key !== plainKey(flag))
    throw validationError("Can't update keys: feature_flag_key on Experiment")
  if (isLegacy(row) && Object.keys(columns).some((key) => !['name', 'description', 'end_date', 'deleted'].includes(key))) {
    throw validationError("Can't update experiments with legacy metrics")
  }
  const legacyFilters = columns.filters?.properties
  if (Array.isArray(legacyFilters) && legacyFilters.length > 0) throw validationError("Can't update global filters on Experiment")
  checkDates(
    columns.start_date === undefined ? row.start_date : columns.start_date,
    columns.end_date === undefined ? row.end_date : columns.end_date,
  )
  checkHoldout(state, row.team_id, columns.holdout_id)
  if (columns.holdout_id !== undefined && columns.holdout_id !== row.holdout_id && status !== 'draft') {
    throw validationError("Can't update holdout on running Experiment")
  }
  checkStats(columns.stats_config, flag)
  checkMetrics(state, row.team_id, [columns.metrics ?? null, columns.metrics_secondary ?? null], body.allow_unknown_events === true)
  if (columns.deleted === false && row.deleted && flag.deleted) {
    throw validationError(
      'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
    )
  }
  const launches = status === 'draft' && columns.start_date != null
  if (launches) checkFlagShape(flag)
  const links = saved_metrics_ids === undefined ? {} : { saved_metrics: readSavedMetrics(state, row.team_id, saved_metrics_ids) }
  const filters = flagFilters(state, row, body, columns.holdout_id)
  const activates = launches && !flag.active
  const change = { ...(filters === null ? {} : { filters }), ...(activates ? { active: true } : {}) }
  if (filters !== null || activates) writeFlag(state, actor, flag, change)
  return saveExperiment(state, actor, row, {
    ...(columns as Partial<Experiment>),
    ...links,
    ...(parameters === undefined ? {} : { parameters: ownParameters(parameters ?? {}) }),
  })
}

/** What a PATCH changes in the filters of the flag. Null if nothing. An object with an id is an echo of what was read, and ignored. */
function flagFilters(state: State, row: Experiment, body: JsonObject, holdout: number | null | undefined): JsonObject | null {
  const flag = state.flagOf(row)
  const isDraft = storedStatus(row) === 'draft'
  if (!isDraft && body.update_feature_flag_params !== true) return null
  const object = asObject(body.feature_flag)
  const given = object === null || object.id !== undefined ? {} : (asObject(object.filters) ?? {})
  const parameters = asObject(body.parameters) ?? {}
  const sent = asObject(given.multivariate)?.variants ?? parameters.feature_flag_variants
  const change: JsonObject = {}
  if (sent !== undefined) {
    const variants = readVariants(sent)
    const keys = (of: JsonObject[]) =>
      of
        .map(({ key }) => String(key))
        .sort()
        .join()
    if (!isDraft && keys(variants) !== keys(variantsOf(flag.filters)))
      throw validationError("Can't update feature_flag_variants on Experiment")
    change.multivariate = { variants }
  }
  const rollout = groupsOf(given)[0]?.rollout_percentage ?? parameters.rollout_percentage
  if (rollout !== undefined) {
    const [first = { properties: [] }, ...others] = groupsOf(flag.filters)
    change.groups = [{ ...first, rollout_percentage: rollout }, ...others]
  }
  const payloads = given.payloads ?? parameters.feature_flag_payloads
  if (isObject(payloads)) change.payloads = payloads
  if (holdout !== undefined) change.holdout = holdoutOf(state, holdout)
  const isSame = Object.entries(change).every(([key, value]) => canonicalJson(value) === canonicalJson(flag.filters[key] ?? null))
  return isSame ? null : change
}
