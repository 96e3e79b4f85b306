import type { GatedAction, Trigger } from './guardedChanges.ts'

const verbs: Record<GatedAction, string> = {
  FEATURE_FLAG_ENABLE: 'Enable',
  FEATURE_FLAG_DISABLE: 'Disable',
  FEATURE_FLAG_UPDATE: 'Update',
  FEATURE_FLAG_DELETE: 'Delete',
  EXPERIMENT_LAUNCH: 'Launch',
  EXPERIMENT_PAUSE: 'Pause',
  EXPERIMENT_UPDATE: 'Update',
}

const listed = 20

/** A guarded change in a sentence, for the people who are asked to consent; at most 2,000 characters (approvals.md 3.5). */
export function describeChange(
  action: GatedAction,
  { flagKey, experimentName }: { flagKey: string; experimentName: string | null },
  triggers: readonly Trigger[],
): string {
  const flag = `feature flag '${short(flagKey)}'`
  const what = experimentName === null ? flag : `experiment '${short(experimentName)}' (${flag})`
  const changes = triggers.filter(({ field }) => field !== 'active' && field !== 'deleted').map(sentence)
  const more = changes.length > listed ? [`and ${changes.length - listed} more`] : []
  const parts = [...changes.slice(0, listed), ...more]
  return `${verbs[action]} ${what}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`.slice(0, 2_000)
}

function sentence({ field, path, before, after }: Trigger): string {
  if (field === 'rollout_percentage') return `${short(path)} ${percent(before)} -> ${percent(after)}`
  const set = /^groups\[(\d+)\]$/.exec(path)?.[1]
  const name = set === undefined ? path : `condition set ${Number(set) + 1}`
  return `${name} ${before === null ? 'added' : after === null ? 'removed' : 'changed'}`
}

function percent(value: unknown): string {
  return typeof value === 'number' ? `${value}%` : 'N/A'
}

function short(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
