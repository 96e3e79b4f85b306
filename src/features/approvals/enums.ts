import { adminLevel, memberLevel, ownerLevel } from '../../auth/membershipLevel.ts'
import { builder } from '../../graphql/builder.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'

// The words of approvals, as enums.

export const GatedAction = builder.enumType('GatedAction', {
  description: 'What a policy can guard. `EXPERIMENT_…` is about flags that an experiment uses, `FEATURE_FLAG_…` about all others.',
  values: {
    FEATURE_FLAG_ENABLE: { description: 'Switching a flag on; also making one that is on, and restoring one that was on.' },
    FEATURE_FLAG_DISABLE: { description: 'Switching a flag off; also by archiving it.' },
    FEATURE_FLAG_UPDATE: { description: "Changing a flag's percentages or release conditions; also making one that has percentages." },
    FEATURE_FLAG_DELETE: { description: 'Deleting a flag that is on.' },
    EXPERIMENT_LAUNCH: { description: "Switching an experiment's flag on: launching, resuming, or making one that runs at once." },
    EXPERIMENT_PAUSE: { description: "Switching an experiment's flag off." },
    EXPERIMENT_UPDATE: { description: "Changing the percentages of an experiment's flag; also shipping a variant." },
  } satisfies Record<Action, { description: string }>,
})

export const GatedResourceType = builder.enumType('GatedResourceType', {
  description: 'What an operation was about.',
  values: {
    FEATURE_FLAG: { description: 'A feature flag.' },
    EXPERIMENT: { description: 'An experiment.' },
  } as const,
})

export const ChangeRequestState = builder.enumType('ChangeRequestState', {
  description: 'Where a change request stands. All but PENDING and APPROVED are final; FAILED can be tried again.',
  values: {
    PENDING: { description: 'Waiting for votes.' },
    APPROVED: { description: 'It has its quorum and is about to be applied.' },
    APPLIED: { description: 'The change was made.' },
    REJECTED: { description: 'An approver said no.' },
    CANCELED: { description: 'The requester took it back.' },
    EXPIRED: { description: 'Its time passed before it had its quorum.' },
    FAILED: { description: 'It had its quorum, but the change could not be made; `applyError` says why.' },
  } as const,
})

export const ChangeRequestValidationStatus = builder.enumType('ChangeRequestValidationStatus', {
  description: 'Whether a change request could be applied now. Looked at before each vote and every few minutes.',
  values: {
    VALID: { description: 'Nothing stands against it.' },
    INVALID: { description: 'The requester may not make this change any more, or it is no valid change any more.' },
    STALE: { description: 'What it would change has changed since. It cannot be approved; the requester may cancel it.' },
  } as const,
})

export const ApprovalDecision = builder.enumType('ApprovalDecision', {
  description: 'What a vote says.',
  values: { APPROVED: { description: 'Yes.' }, REJECTED: { description: 'No: one such vote ends the request.' } } as const,
})

export const OrganizationMembershipLevel = builder.enumType('OrganizationMembershipLevel', {
  description: 'What somebody is in an organization.',
  values: {
    MEMBER: { value: memberLevel, description: 'A member.' },
    ADMIN: { value: adminLevel, description: 'An admin.' },
    OWNER: { value: ownerLevel, description: 'An owner.' },
  } as const,
})
