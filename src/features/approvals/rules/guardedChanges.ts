import type { FlagState } from '../../../commands/command.ts'
import { type ChangeTrigger, diffConditions, diffPercentages } from './filterDiff.ts'

// What an approval policy can have a say in (approvals.md 3), told from a flag before and after.

export type GatedAction =
  | 'FEATURE_FLAG_ENABLE'
  | 'FEATURE_FLAG_DISABLE'
  | 'FEATURE_FLAG_UPDATE'
  | 'FEATURE_FLAG_DELETE'
  | 'EXPERIMENT_LAUNCH'
  | 'EXPERIMENT_PAUSE'
  | 'EXPERIMENT_UPDATE'

export interface GuardedChange {
  /** The actions that may govern it: the first that a policy guards does. */
  actions: readonly GatedAction[]
  triggers: readonly ChangeTrigger[]
  isCreate: boolean
}

/**
 * Whose a flag is: an experiment's that uses it; one's that is deleted, and can be restored; nobody's; or it is made by this very operation
 * for an experiment.
 */
export type FlagOwner = 'experiment' | 'deletedExperiment' | 'createdForExperiment' | 'none'

/**
 * The actions of either family by whose the flag is. Deleting an experiment is no way round its policies: they still govern, where there
 * are any.
 */
function actionsForOwner(owner: FlagOwner, ofExperiment: GatedAction, ofFlag: GatedAction): readonly GatedAction[] {
  if (owner === 'experiment') return [ofExperiment]
  return owner === 'deletedExperiment' ? [ofExperiment, ofFlag] : [ofFlag]
}

/** What of a flag's change policies may guard; before is null for one that is made. An equal save is no change. */
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

  // Those of a deleted flag too: it can be restored as it then is.
  const filterTriggers = [
    ...diffPercentages(before?.filters ?? null, after.filters, isCreate),
    // An experiment rewrites its own flag's conditions as plumbing.
    ...(owner === 'experiment' || owner === 'createdForExperiment' ? [] : diffConditions(before?.filters ?? null, after.filters)),
  ]
  return [...changes, ...change(actionsForOwner(owner, 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'), filterTriggers)]
}

function isEnabled({ active, deleted }: FlagState): boolean {
  return active && !deleted
}
