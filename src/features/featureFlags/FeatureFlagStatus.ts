import { hasScope } from '../../auth/scopes.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import { getFact } from './rules/flagFacts.ts'
import { explainStatus, getFlagStatus, getStaleReason } from './rules/flagStatus.ts'
import { staleAfterDays } from './rules/staleness.ts'

export const FeatureFlagType = builder.enumType('FeatureFlagType', {
  description: 'The kinds of flags.',
  values: {
    BOOLEAN: { description: 'The flag is on or off for a person. It has no variants.' },
    MULTIVARIATE: { description: 'The flag gives a person one of its variants.' },
    REMOTE_CONFIG: { description: 'The flag delivers data to applications: remote configuration.' },
  } as const,
})

export const FeatureFlagStatus = builder.enumType('FeatureFlagStatus', {
  description: 'The state of a flag. The states exclude each other.',
  values: {
    ACTIVE: { description: 'The flag is on and in use.' },
    INACTIVE: { description: 'The flag is off.' },
    STALE: {
      description:
        `The flag is on, but was last called over ${staleAfterDays} days ago. Or it was never called as far as known, was created over ` +
        `${staleAfterDays} days ago and serves the same to everybody.`,
    },
    ARCHIVED: { description: 'The flag is archived. It is off.' },
    DELETED: { description: 'The flag is deleted.' },
  } as const,
})

const StaleReason = builder.enumType('StaleReason', {
  description: 'Why a flag is stale.',
  values: {
    NOT_CALLED: { description: `No application called the flag in the last ${staleAfterDays} days.` },
    FULLY_ROLLED_OUT: {
      description: `The flag serves the same to everybody, is older than ${staleAfterDays} days and was never called as far as known.`,
    },
  } as const,
})

const RolloutState = builder.enumType('RolloutState', {
  description: 'How many people get a flag, as far as its condition sets tell.',
  values: {
    EVERYBODY: { description: 'The flag is on, and a condition set without properties takes 100 percent.' },
    SOMEBODY: { description: 'The flag is on, and its condition sets take some people in.' },
    NOBODY: { description: 'The flag is off or deleted, or its condition sets take nobody in.' },
  } as const,
})

builder.objectFields(FeatureFlag, (t) => ({
  type: t.field({
    type: FeatureFlagType,
    description: 'The kind of the flag.',
    select: ['facts'],
    resolve: (flag) => getFact(flag, 'type') as typeof FeatureFlagType.$inferType,
  }),
  status: t.field({
    type: FeatureFlagStatus,
    description: 'The state of the flag. It follows from the flag, its last call and the current time.',
    select: ['active', 'archived', 'deleted', 'unusedSince'],
    resolve: (flag, _args, { now }) => getFlagStatus(flag, now),
  }),
  statusReason: t.string({
    description: 'Why the flag has its status, in a sentence for people.',
    select: ['active', 'archived', 'deleted', 'unusedSince', 'calledAt'],
    resolve: (flag, _args, { now }) => explainStatus(flag, now),
  }),
  staleReason: t.field({
    type: StaleReason,
    nullable: true,
    description: 'Why the flag is stale. Null when it is not.',
    select: ['unusedSince', 'calledAt'],
    resolve: (flag, _args, { now }) => getStaleReason(flag, now),
  }),
  rollout: t.field({
    type: RolloutState,
    description:
      'How many people get the flag, as far as its condition sets tell. Holdouts and early access are left out. With `servedVariantKey`, ' +
      'it tells which code to keep when the flag goes.',
    select: ['facts'],
    resolve: (flag) => getFact(flag, 'rollout') as typeof RolloutState.$inferType,
  }),
  servedVariantKey: t.string({
    nullable: true,
    description: 'The key of the variant that everybody gets. Null when the flag has no variants, or not everybody gets the same one.',
    select: ['facts'],
    resolve: (flag) => getFact(flag, 'serves'),
  }),
  lastCalledAt: t.expose('calledAt', {
    type: 'DateTime',
    nullable: true,
    description:
      'When an application last called the flag: the newest event `$feature_flag_called`, or what an import said, whichever is later. Null ' +
      'when no call is known.',
  }),
  eligibleForExperiment: t.boolean({
    description: 'Whether an experiment may use the flag, with `control` as the baseline. `experimentEligibility` has the reasons if not.',
    select: ['ineligibility'],
    resolve: ({ ineligibility }) => ineligibility.length === 0,
  }),
  viewerCanUpdate: t.boolean({
    description:
      'Whether the key of the request may change the flag: it holds the scope `feature_flag:write`. A policy may still ask for an approval, ' +
      'and a deleted flag must be restored first.',
    select: [],
    resolve: (_flag, _args, context) => hasScope(requireViewer(context).scopes, 'feature_flag:write'),
  }),
}))
