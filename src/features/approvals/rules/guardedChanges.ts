import type { CommandPlan, FlagState, HoldoutChange } from '../../../commands/command.ts'
import { type ChangeTrigger, diffConditions, diffPercentages } from './filterDiff.ts'

// The changes that approval policies can guard (approvals.md 3), computed from a flag before and after.

export type GatedAction =
  | 'FEATURE_FLAG_ENABLE'
  | 'FEATURE_FLAG_DISABLE'
  | 'FEATURE_FLAG_UPDATE'
  | 'FEATURE_FLAG_DELETE'
  | 'EXPERIMENT_LAUNCH'
  | 'EXPERIMENT_PAUSE'
  | 'EXPERIMENT_UPDATE'
  | 'EXPERIMENT_HOLDOUT_UPDATE'
  | 'EXPERIMENT_HOLDOUT_DELETE'

export interface GuardedChange {
  /** The actions that the change can count as. The first one with a policy decides. */
  actions: readonly GatedAction[]
  triggers: readonly ChangeTrigger[]
  isCreate: boolean
}

/**
 * The owner of a flag: an experiment, a deleted experiment (which can be restored), or none. `createdForExperiment` means that this operation
 * creates the flag for an experiment.
 */
export type FlagOwner = 'experiment' | 'deletedExperiment' | 'createdForExperiment' | 'none'

/**
 * Chooses between the action of an experiment and the action of a flag. If the experiment is deleted, both apply. So people cannot avoid its
 * policies by deleting it first.
 */
function actionsForOwner(owner: FlagOwner, ofExperiment: GatedAction, ofFlag: GatedAction): readonly GatedAction[] {
  if (owner === 'experiment') return [ofExperiment]
  return owner === 'deletedExperiment' ? [ofExperiment, ofFlag] : [ofFlag]
}

/**
 * Returns the changes of a flag that policies can guard. Saving equal values is no change.
 *
 * @param before null on a create
 * @param guardsConditions whether the release conditions count also on an experiment's flag
 */
export function guardedChanges(before: FlagState | null, after: FlagState, owner: FlagOwner, guardsConditions = false): GuardedChange[] {
  const isCreate = before === null
  const change = (actions: readonly GatedAction[], triggers: readonly ChangeTrigger[]): GuardedChange[] =>
    triggers.length === 0 ? [] : [{ actions, triggers, isCreate }]
  const wasEnabled = before !== null && isEnabled(before)
  const toggleTrigger = (field: 'active' | 'deleted'): ChangeTrigger[] => [
    { field, path: field, before: before?.[field] ?? false, after: after[field] },
  ]
  const changes: GuardedChange[] = []
  if (!wasEnabled && isEnabled(after)) {
    const enableActions: readonly GatedAction[] =
      owner === 'createdForExperiment'
        ? ['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE']
        : actionsForOwner(owner, 'EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE')
    changes.push(...change(enableActions, toggleTrigger(before?.deleted ? 'deleted' : 'active')))
  } else if (wasEnabled && after.deleted) {
    changes.push(...change(['FEATURE_FLAG_DELETE'], toggleTrigger('deleted')))
  } else if (wasEnabled && !after.active) {
    changes.push(...change(actionsForOwner(owner, 'EXPERIMENT_PAUSE', 'FEATURE_FLAG_DISABLE'), toggleTrigger('active')))
  }

  // Deleted flags are included, because they can be restored with the changed filters.
  const filterTriggers = [
    ...diffPercentages(before?.filters ?? null, after.filters, isCreate),
    // Experiments rewrite the conditions of their own flags, so those are not guarded.
    ...((owner === 'experiment' || owner === 'createdForExperiment') && !guardsConditions
      ? []
      : diffConditions(before?.filters ?? null, after.filters)),
  ]
  return [...changes, ...change(actionsForOwner(owner, 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'), filterTriggers)]
}

/**
 * Returns the change of a holdout that policies can guard: one operation, however many flags it rewrites. If it rewrites flags, their policies
 * guard it too (approvals.md 17).
 */
export function guardedHoldoutChanges({ before, after, changesFlags }: HoldoutChange): GuardedChange[] {
  if (after === before) return []
  const ofFlags: readonly GatedAction[] = changesFlags ? ['EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'] : []
  const percentage: ChangeTrigger = { field: 'rollout_percentage', path: 'holdout.exclusion_percentage', before, after }
  if (after !== null) return [{ actions: ['EXPERIMENT_HOLDOUT_UPDATE', ...ofFlags], triggers: [percentage], isCreate: false }]
  const deletion: ChangeTrigger = { field: 'deleted', path: 'deleted', before: false, after: true }
  return [{ actions: ['EXPERIMENT_HOLDOUT_DELETE', ...ofFlags], triggers: [deletion, percentage], isCreate: false }]
}

/**
 * Returns the changes of a plan that policies can guard.
 *
 * @param owner the owner of the flag that the plan is about
 */
export function plannedChanges(
  { flag, newFlags = [], holdout }: Pick<CommandPlan, 'flag' | 'newFlags' | 'holdout'>,
  owner: FlagOwner,
): GuardedChange[] {
  return [
    ...(flag === null ? [] : guardedChanges(flag.before, flag.after, owner, flag.guardsConditions)),
    ...newFlags.flatMap(({ change }) => guardedChanges(null, change.after, 'none')),
    ...(holdout === undefined ? [] : guardedHoldoutChanges(holdout)),
  ]
}

function isEnabled({ active, deleted }: FlagState): boolean {
  return active && !deleted
}

/** A flag before its next edit, as far as that decides which actions the edit can count as. */
type EditableState = Pick<FlagState, 'active' | 'deleted' | 'archived'>

/**
 * Returns the actions that an edit of a flag can count as: switching it, changing its percentages or conditions, deleting and restoring it.
 * Each entry is one edit, with its actions as in `GuardedChange`.
 */
export function possibleActions(state: EditableState, owner: FlagOwner): (readonly GatedAction[])[] {
  const share = (percentage: number) => ({ groups: [{ rollout_percentage: percentage }] })
  const before: FlagState = { ...state, filters: share(0) }
  const edits: Partial<FlagState>[] = [{ active: !state.active }, { filters: share(100) }, { deleted: !state.deleted }]
  return edits.flatMap((edit) => guardedChanges(before, { ...before, ...edit }, owner).map(({ actions }) => actions))
}
