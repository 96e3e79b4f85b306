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
}

const maxListedChanges = 20

/** Describes a guarded change for its approvers, in one sentence of at most 2,000 characters (approvals.md 3.5). */
export function describeChange(
  action: GatedAction,
  { flagKey, experimentName }: { flagKey: string; experimentName: string | null },
  triggers: readonly ChangeTrigger[],
): string {
  const flag = `feature flag '${truncate(flagKey)}'`
  const subject = experimentName === null ? flag : `experiment '${truncate(experimentName)}' (${flag})`
  const changes = triggers.filter(({ field }) => field !== 'active' && field !== 'deleted').map(describeTrigger)
  const overflow = changes.length > maxListedChanges ? [`and ${changes.length - maxListedChanges} more`] : []
  const parts = [...changes.slice(0, maxListedChanges), ...overflow]
  return `${verbs[action]} ${subject}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`.slice(0, 2_000)
}

function describeTrigger({ field, path, before, after }: ChangeTrigger): string {
  if (field === 'rollout_percentage') return `${truncate(path)} ${formatPercent(before)} -> ${formatPercent(after)}`
  const set = /^groups\[(\d+)\]$/.exec(path)?.[1]
  const name = set === undefined ? path : `condition set ${Number(set) + 1}`
  return `${name} ${before === null ? 'added' : after === null ? 'removed' : 'changed'}`
}

function formatPercent(value: unknown): string {
  return typeof value === 'number' ? `${value}%` : 'N/A'
}

function truncate(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
