import type { CommandPlan } from '../../../commands/command.ts'
import { toNearestNumber } from '../../../platform/json.ts'
import type { ChangeTrigger } from './filterDiff.ts'
import type { GatedAction } from './guardedChanges.ts'

const verbs: Record<GatedAction, string> = {
  FEATURE_FLAG_ENABLE: 'Enable',
  FEATURE_FLAG_DISABLE: 'Disable',
  FEATURE_FLAG_UPDATE: 'Update',
  FEATURE_FLAG_DELETE: 'Delete',
  EXPERIMENT_LAUNCH: 'Launch',
  EXPERIMENT_PAUSE: 'Pause',
  EXPERIMENT_UPDATE: 'Update',
  EXPERIMENT_HOLDOUT_UPDATE: 'Update',
  EXPERIMENT_HOLDOUT_DELETE: 'Delete',
}

const maxListedChanges = 20

/** What the description of a plan names. */
export type DescribedPlan = Pick<CommandPlan, 'experimentName' | 'holdout'> & { flag: { key: string } | null }

/** Describes a guarded change for its approvers, in one sentence of at most 2,000 characters (approvals.md 3.5). */
export function describeChange(action: GatedAction, plan: DescribedPlan, triggers: readonly ChangeTrigger[]): string {
  const subject = describeSubject(plan)
  // The policy of another action may guard a deletion.
  const verb = plan.holdout?.after === null ? verbs.EXPERIMENT_HOLDOUT_DELETE : verbs[action]
  const changes = triggers.filter(({ field }) => field !== 'active' && field !== 'deleted').map(describeTrigger)
  const overflow = changes.length > maxListedChanges ? [`and ${changes.length - maxListedChanges} more`] : []
  const parts = [...changes.slice(0, maxListedChanges), ...overflow]
  return `${verb} ${subject}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`.slice(0, 2_000)
}

/** Says which approvals somebody skipped who bypassed a policy. */
export function describeSkipped({ quorum }: { quorum: number }, description: string): string {
  return `Skipped ${quorum} ${quorum === 1 ? 'approval' : 'approvals'} of: ${description}.`
}

function describeSubject({ flag, experimentName, holdout }: DescribedPlan): string {
  if (holdout !== undefined) {
    const experiments = `${holdout.experiments} ${holdout.experiments === 1 ? 'experiment' : 'experiments'}`
    return `holdout '${truncate(holdout.name)}' (${experiments})`
  }
  const flagText = `feature flag '${truncate(flag?.key ?? '')}'`
  return experimentName === null ? flagText : `experiment '${truncate(experimentName)}' (${flagText})`
}

function describeTrigger({ field, path, before, after }: ChangeTrigger): string {
  if (field === 'rollout_percentage') return `${truncate(path)} ${formatPercent(before)} -> ${formatPercent(after)}`
  const set = /^groups\[(\d+)\]$/.exec(path)?.[1]
  const name = set === undefined ? path : `condition set ${Number(set) + 1}`
  return `${name} ${before === null ? 'added' : after === null ? 'removed' : 'changed'}`
}

function formatPercent(value: unknown): string {
  const number = toNearestNumber(value)
  return typeof number === 'number' ? `${number}%` : 'N/A'
}

function truncate(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
