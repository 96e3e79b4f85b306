import { changedConditions, changedPercentages } from './filterDiff.ts'

// What an approval policy can have a say in (approvals.md 3), told from a flag before and after.

export type GatedAction =
  | 'FEATURE_FLAG_ENABLE'
  | 'FEATURE_FLAG_DISABLE'
  | 'FEATURE_FLAG_UPDATE'
  | 'FEATURE_FLAG_DELETE'
  | 'EXPERIMENT_LAUNCH'
  | 'EXPERIMENT_PAUSE'
  | 'EXPERIMENT_UPDATE'

/** What of a flag is guarded. `filters` may be malformed. */
export interface GuardedState {
  active: boolean
  deleted: boolean
  archived: boolean
  filters: unknown
}

export type GatedField = 'active' | 'deleted' | 'rollout_percentage' | 'release_conditions'

/** One guarded value that differs; a side that is missing is null. */
export interface Trigger {
  field: GatedField
  path: string
  before: unknown
  after: unknown
}

export interface GatedChange {
  /** The actions that may govern it: the first that a policy guards does. */
  actions: readonly GatedAction[]
  triggers: readonly Trigger[]
  isCreate: boolean
}

/**
 * Whose a flag is: an experiment's that uses it; one's that is deleted, and can be restored; nobody's; or it is made by this very operation
 * for an experiment.
 */
export type FlagOwner = 'experiment' | 'deletedExperiment' | 'bornWithExperiment' | 'none'

/**
 * The actions of either family by whose the flag is. Deleting an experiment is no way round its policies: they still govern, where there
 * are any.
 */
function governing(owner: FlagOwner, ofExperiment: GatedAction, ofFlag: GatedAction): readonly GatedAction[] {
  if (owner === 'experiment') return [ofExperiment]
  return owner === 'deletedExperiment' ? [ofExperiment, ofFlag] : [ofFlag]
}

/** What of a flag's change policies may guard; before is null for one that is made. An equal save is no change. */
export function gatedChanges(before: GuardedState | null, after: GuardedState, owner: FlagOwner): GatedChange[] {
  const isCreate = before === null
  const change = (actions: readonly GatedAction[], triggers: readonly Trigger[]): GatedChange[] =>
    triggers.length === 0 ? [] : [{ actions, triggers, isCreate }]
  const wasOn = before !== null && isOn(before)
  const switched = (field: 'active' | 'deleted'): Trigger[] => [
    { field, path: field, before: before?.[field] ?? false, after: after[field] },
  ]
  const changes: GatedChange[] = []
  if (!wasOn && isOn(after)) {
    const enabling: readonly GatedAction[] =
      owner === 'bornWithExperiment'
        ? ['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE']
        : governing(owner, 'EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE')
    changes.push(...change(enabling, switched(before?.deleted ? 'deleted' : 'active')))
  } else if (wasOn && after.deleted) {
    changes.push(...change(['FEATURE_FLAG_DELETE'], switched('deleted')))
  } else if (wasOn && !after.active) {
    changes.push(...change(governing(owner, 'EXPERIMENT_PAUSE', 'FEATURE_FLAG_DISABLE'), switched('active')))
  }

  // Those of a deleted flag too: it can be restored as it then is.
  const updates = [
    ...changedPercentages(before?.filters ?? null, after.filters, isCreate),
    // An experiment rewrites its own flag's conditions as plumbing.
    ...(owner === 'experiment' || owner === 'bornWithExperiment' ? [] : changedConditions(before?.filters ?? null, after.filters)),
  ]
  return [...changes, ...change(governing(owner, 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'), updates)]
}

function isOn({ active, deleted }: GuardedState): boolean {
  return active && !deleted
}
