import { changedConditions, changedPercentages } from './filterChanges.ts'

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

/** Whose a flag is: an experiment's that uses it, nobody's, or it is made by this very operation for an experiment. */
export type FlagOwner = 'experiment' | 'bornWithExperiment' | 'none'

/** What of a flag's change policies may guard; before is null for one that is made. An equal save is no change. */
export function gatedChanges(before: GuardedState | null, after: GuardedState, owner: FlagOwner): GatedChange[] {
  const isCreate = before === null
  const change = (actions: readonly GatedAction[], triggers: readonly Trigger[]): GatedChange[] =>
    triggers.length === 0 ? [] : [{ actions, triggers, isCreate }]
  const owned = owner === 'experiment'

  const wasOn = before !== null && isOn(before)
  const switched = (field: 'active' | 'deleted'): Trigger[] => [
    { field, path: field, before: before?.[field] ?? false, after: after[field] },
  ]
  const changes: GatedChange[] = []
  if (!wasOn && isOn(after)) {
    const actions = {
      experiment: ['EXPERIMENT_LAUNCH'],
      bornWithExperiment: ['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE'],
      none: ['FEATURE_FLAG_ENABLE'],
    } as const
    changes.push(...change(actions[owner], switched(before?.deleted ? 'deleted' : 'active')))
  } else if (wasOn && after.deleted) {
    changes.push(...change(['FEATURE_FLAG_DELETE'], switched('deleted')))
  } else if (wasOn && !after.active) {
    changes.push(...change([owned ? 'EXPERIMENT_PAUSE' : 'FEATURE_FLAG_DISABLE'], switched('active')))
  }

  // Nobody is served by a deleted flag; what is deleted now or before is judged when it comes back.
  if (after.deleted && (before?.deleted ?? false)) return changes
  const updates = [
    ...changedPercentages(before?.filters ?? null, after.filters, isCreate),
    // An experiment rewrites its own flag's conditions as plumbing.
    ...(owned || owner === 'bornWithExperiment' ? [] : changedConditions(before?.filters ?? null, after.filters)),
  ]
  return [...changes, ...change([owned ? 'EXPERIMENT_UPDATE' : 'FEATURE_FLAG_UPDATE'], updates)]
}

function isOn({ active, deleted }: GuardedState): boolean {
  return active && !deleted
}
