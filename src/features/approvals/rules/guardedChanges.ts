import type { FlagState } from '../../../commands/command.ts'
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

/** Returns the changes of a flag that policies can guard. `before` is null on a create. Saving equal values is no change. */
export function guardedChanges(before: FlagState | null, after: FlagState, owner: FlagOwner): GuardedChange[] {
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
    ...(owner === 'experiment' || owner === 'createdForExperiment' ? [] : diffConditions(before?.filters ?? null, after.filters)),
  ]
  return [...changes, ...change(actionsForOwner(owner, 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'), filterTriggers)]
}

function isEnabled({ active, deleted }: FlagState): boolean {
  return active && !deleted
}
