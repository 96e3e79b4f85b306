import { builder } from '../../graphql/builder.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'

// The enums of approvals.

export const GatedAction = builder.enumType('GatedAction', {
  description: 'The actions that a policy can guard. `EXPERIMENT_…` is for flags that an experiment uses, `FEATURE_FLAG_…` for all others.',
  values: {
    FEATURE_FLAG_ENABLE: { description: 'Turning a flag on. Also creating one that is on, and restoring one that was on.' },
    FEATURE_FLAG_DISABLE: { description: 'Turning a flag off, also by archiving it.' },
    FEATURE_FLAG_UPDATE: { description: "Changing a flag's percentages or release conditions. Also creating a flag that has percentages." },
    FEATURE_FLAG_DELETE: { description: 'Deleting a flag that is on.' },
    EXPERIMENT_LAUNCH: { description: "Turning an experiment's flag on: launching or resuming it, or creating one that runs at once." },
    EXPERIMENT_PAUSE: { description: "Turning an experiment's flag off." },
    EXPERIMENT_UPDATE: {
      description: "Changing the percentages of an experiment's flag, also by shipping a variant. Freezing and unfreezing exposure.",
    },
    EXPERIMENT_HOLDOUT_UPDATE: {
      description:
        'Changing the percentage of a holdout, with all flags that carry it. Without such a policy, one for EXPERIMENT_UPDATE guards the ' +
        'flags, then one for FEATURE_FLAG_UPDATE.',
    },
    EXPERIMENT_HOLDOUT_DELETE: {
      description:
        'Deleting a holdout, with all flags that carry it. Without such a policy, the same ones as for an update guard the flags.',
    },
  } satisfies Record<Action, { description: string }>,
})

export const GatedResourceType = builder.enumType('GatedResourceType', {
  description: 'The type of the object that a mutation was about.',
  values: {
    FEATURE_FLAG: { description: 'A feature flag.' },
    EXPERIMENT: { description: 'An experiment.' },
    EXPERIMENT_HOLDOUT: { description: 'A holdout.' },
  } as const,
})

export const ChangeRequestState = builder.enumType('ChangeRequestState', {
  description: 'The state of a change request. All but PENDING and APPROVED are final. A FAILED request can be retried.',
  values: {
    PENDING: { description: 'It waits for votes.' },
    APPROVED: { description: 'It has its quorum and is about to be applied.' },
    APPLIED: { description: 'The change was made.' },
    REJECTED: { description: 'An approver rejected it.' },
    CANCELED: { description: 'The requester cancelled it.' },
    EXPIRED: { description: 'It expired before it reached its quorum.' },
    FAILED: { description: 'It reached its quorum, but the change could not be made. `applyError` says why.' },
  } as const,
})

export const ChangeRequestValidationStatus = builder.enumType('ChangeRequestValidationStatus', {
  description: 'Whether a change request could be applied now.',
  values: {
    VALID: { description: 'It can be applied.' },
    INVALID: {
      description: 'The requester may no longer make this change, the change is no longer valid, or the quorum cannot be reached.',
    },
    STALE: {
      description:
        'What it would do, or what that was computed from, has changed since. `staleReasons` has the values. It cannot be approved.',
    },
  } as const,
})

export const ApprovalDecision = builder.enumType('ApprovalDecision', {
  description: 'The decision of a vote.',
  values: { APPROVED: { description: 'Approval.' }, REJECTED: { description: 'Rejection. A single one ends the request.' } } as const,
})
