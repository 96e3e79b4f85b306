import { groupsOf, variantsOf } from '../flags/filters.ts'
import { dependentFlags, writeFlag } from '../flags/write.ts'
import { ApiError, permissionDenied, validationError } from '../server/errors.ts'
import { bool, choice, nullable, readFields, text } from '../server/fields.ts'
import type { Call } from '../server/router.ts'
import { hasScope } from '../server/scopes.ts'
import type { Experiment, Flag } from '../state/rows.ts'
import { mayEdit } from '../state/state.ts'
import { checkFlagShape } from './fields.ts'
import { storedStatus } from './view.ts'
import { assertMayEdit, findExperiment, saveExperiment } from './write.ts'

export type Act = (call: Call, row: Experiment, flag: Flag) => Experiment

const ends = {
  conclusion: nullable(choice('won', 'lost', 'inconclusive', 'stopped_early', 'invalid')),
  conclusion_comment: nullable(text(4_000)),
}

/** Finds the experiment of an action, and checks that it may be changed. */
export function prepared(act: Act) {
  return (call: Call): Experiment => {
    const row = findExperiment(call.state, call.project.id, call.viewer, call.params.id ?? '')
    assertMayEdit(call.actor, row)
    return act(call, row, call.state.flagOf(row))
  }
}

function assertStarted(row: Experiment): void {
  if (storedStatus(row) === 'draft') throw validationError('Experiment has not been launched yet.')
}

function assertRunning(row: Experiment): void {
  assertStarted(row)
  if (storedStatus(row) === 'stopped') throw validationError('Experiment has already ended.')
}

const launch: Act = ({ state, actor }, row, flag) => {
  if (storedStatus(row) !== 'draft') throw validationError('Experiment has already been launched.')
  if (flag.deleted) throw validationError('Experiment cannot be launched because its feature flag has been deleted.')
  checkFlagShape(flag)
  if (!flag.active) writeFlag(state, actor, flag, { active: true })
  return saveExperiment(state, actor, row, { start_date: state.now() })
}

/** Pause and resume only write the flag: the row of the experiment does not move. */
const setActive =
  (active: boolean): Act =>
  ({ state, actor }, row, flag) => {
    assertRunning(row)
    if (flag.active === active) throw validationError(active ? 'Experiment is not paused.' : 'Experiment is already paused.')
    writeFlag(state, actor, flag, { active }, { byColumn: state.settings.savesFlagByColumn })
    return row
  }

/** Omitted conclusions are overwritten with null. */
const end: Act = ({ state, actor, body }, row) => {
  const { conclusion = null, conclusion_comment = null } = readFields(body, ends)
  assertRunning(row)
  return saveExperiment(state, actor, row, { end_date: state.now(), conclusion: conclusion as string | null, conclusion_comment })
}

/** The flag first, then the experiment. */
const ship: Act = ({ state, actor, body }, row, flag) => {
  const read = readFields(body, { ...ends, variant_key: text(400, false), release_to_everyone: bool }, ['variant_key'])
  assertStarted(row)
  const variants = variantsOf(flag.filters)
  if (!variants.some(({ key }) => key === read.variant_key))
    throw validationError(`Variant '${read.variant_key}' not found on feature flag.`)
  const description = 'Added automatically when the experiment was ended to keep only one variant.'
  const everyone = read.release_to_everyone ? [{ properties: [], rollout_percentage: 100, description }] : []
  writeFlag(state, actor, flag, {
    filters: {
      groups: [...everyone, ...groupsOf(flag.filters)],
      multivariate: {
        variants: variants.map((variant) => ({ ...variant, rollout_percentage: variant.key === read.variant_key ? 100 : 0 })),
      },
    },
  })
  const { conclusion, conclusion_comment } = read
  return saveExperiment(state, actor, row, {
    ...(storedStatus(row) === 'running' ? { end_date: state.now() } : {}),
    ...(conclusion === undefined ? {} : { conclusion: conclusion as string | null }),
    ...(conclusion_comment === undefined ? {} : { conclusion_comment }),
  })
}

const archive: Act = (call, row, flag) => {
  const { state, actor, body } = call
  const { disable_feature_flag = false } = readFields(body, { disable_feature_flag: bool })
  const scoped = hasScope(actor.scopes, 'feature_flag:write')
  if (disable_feature_flag && !scoped) throw permissionDenied("API key missing required scope 'feature_flag:write'")
  if (row.archived) throw validationError('Experiment is already archived.')
  if (storedStatus(row) !== 'stopped') throw validationError('Experiment must be ended before it can be archived.')
  const isShared = state.experimentsOf(flag).some((other) => other !== row && !other.deleted && !other.archived)
  const edits = scoped && mayEdit(actor.user, 'feature_flag', flag.id)
  const isArchivable = !flag.deleted && !flag.archived && !isShared
  const archives = isArchivable && (flag.active ? disable_feature_flag : edits)
  if (archives) archiveFlag(call, flag)
  return saveExperiment(state, actor, row, { archived: true, feature_flag_auto_archived: archives })
}

/** A guarded flag is 403 here, not 409. */
function archiveFlag({ state, actor }: Call, flag: Flag): void {
  if (dependentFlags(state, flag).some(({ active }) => active)) throw validationError('Other active feature flags depend on this flag.')
  try {
    writeFlag(state, actor, flag, { active: false, archived: true }, { byColumn: state.settings.savesFlagByColumn })
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error
    const request = (error.body as { change_request_id?: string }).change_request_id
    const row = state.changeRequests.get(request ?? '')
    // The whole archiving rolls back, and with it the change request.
    if (row?.approvals.length === 0 && row.created_at === state.now()) state.changeRequests.remove(row)
    throw permissionDenied('Disabling this feature flag requires approval.')
  }
}

const unarchive: Act = ({ state, actor }, row, flag) => {
  if (!row.archived) throw validationError('Experiment is not archived.')
  const edits = hasScope(actor.scopes, 'feature_flag:write') && mayEdit(actor.user, 'feature_flag', flag.id)
  const restores = row.feature_flag_auto_archived && edits
  if (restores && flag.archived) writeFlag(state, actor, flag, { archived: false }, { byColumn: state.settings.savesFlagByColumn })
  return saveExperiment(state, actor, row, { archived: false, ...(restores ? { feature_flag_auto_archived: false } : {}) })
}

const reset: Act = ({ state, actor }, row) => {
  if (storedStatus(row) === 'draft') throw validationError('Experiment is already in draft state.')
  const change = { start_date: null, end_date: null, conclusion: null, conclusion_comment: null, archived: false }
  return saveExperiment(state, actor, row, change, 'reset')
}

export const lifeCycle = {
  ...{ launch, pause: setActive(false), resume: setActive(true), end, ship_variant: ship, archive, unarchive, reset },
}
