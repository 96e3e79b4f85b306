import type { ChangeRequest as RequestRow } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { ChangeRequest, toResourceId } from './ChangeRequest.ts'
import type { FailureReason } from './data/applyChangeRequest.ts'

type VoteOutcome =
  | { kind: 'recorded'; approvals: number; quorum: number }
  | { kind: 'applied'; request: RequestRow }
  | { kind: 'failed'; request: RequestRow }

/** A request after a vote, and what the vote brought about. */
export interface ApprovalResult {
  changeRequest: RequestRow
  outcome: VoteOutcome
}

/** What became of a request by a vote. */
export function toVoteResult(changeRequest: RequestRow, approvals: number, quorum: number): ApprovalResult {
  if (changeRequest.state === 'APPLIED') return { changeRequest, outcome: { kind: 'applied', request: changeRequest } }
  if (changeRequest.state === 'FAILED') return { changeRequest, outcome: { kind: 'failed', request: changeRequest } }
  return { changeRequest, outcome: { kind: 'recorded', approvals, quorum } }
}

type OutcomeOf<Kind extends VoteOutcome['kind']> = Extract<VoteOutcome, { kind: Kind }>

const VoteRecorded = builder.objectRef<OutcomeOf<'recorded'>>('VoteRecorded').implement({
  description: 'The vote counts; more are needed. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    approvals: t.exposeInt('approvals', { description: 'How many have approved, of those who still may vote.' }),
    quorum: t.exposeInt('quorum', { description: 'How many have to.' }),
  }),
})

const ChangeApplied = builder.objectRef<OutcomeOf<'applied'>>('ChangeApplied').implement({
  description: 'The quorum was reached and the change was made. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    resourceId: t.id({
      nullable: true,
      description: 'The global id of what was changed or made.',
      resolve: ({ request }) => toResourceId(request),
    }),
    resourceVersion: t.int({
      nullable: true,
      description: "The flag's version afterwards; null when no flag was changed.",
      resolve: ({ request }) => request.resultVersion,
    }),
    appliedAt: t.field({
      type: 'DateTime',
      description: 'When it was made.',
      resolve: ({ request }) => request.appliedAt ?? request.updatedAt,
    }),
  }),
})

const ApplyFailureReason = builder.enumType('ApplyFailureReason', {
  description: 'Why a change that has its quorum could not be made.',
  values: {
    VERSION_MISMATCH: { description: 'What it would change has changed since.' },
    OWNER_CHANGED: { description: 'The flag was taken into use by an experiment since, or let go by it.' },
    REQUESTER_LOST_ACCESS: { description: 'The requester is no longer a member who sees the project.' },
    REQUESTER_GONE: { description: "The requester's account is gone, or deactivated." },
    PAYLOAD_INVALID: { description: 'It is no valid change any more.' },
    RESOURCE_GONE: { description: 'The flag is gone.' },
    INTERNAL: { description: 'Our fault; it can be tried again.' },
  } satisfies Record<FailureReason, { description: string }>,
})

const ApplyFailed = builder.objectRef<OutcomeOf<'failed'>>('ApplyFailed').implement({
  description:
    'The quorum was reached, but the change could not be made; nothing of it was kept, the vote was. `retryChangeRequest` tries again. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    reason: t.field({
      type: ApplyFailureReason,
      description: 'Why, for programs.',
      resolve: ({ request }) => (request.applyFailure ?? 'INTERNAL') as FailureReason,
    }),
    message: t.string({ description: 'Why, for people.', resolve: ({ request }) => request.applyError ?? '' }),
  }),
})

const outcomeTypes = { recorded: VoteRecorded, applied: ChangeApplied, failed: ApplyFailed }

const ApprovalOutcome = builder.unionType('ApprovalOutcome', {
  description: 'What a vote brought about.',
  types: [VoteRecorded, ChangeApplied, ApplyFailed],
  resolveType: ({ kind }) => outcomeTypes[kind],
})

export const ApproveChangeRequestSuccess = builder.objectRef<ApprovalResult>('ApproveChangeRequestSuccess').implement({
  description: 'The vote counts. Whether the change was made, `outcome` tells. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    changeRequest: t.field({
      type: ChangeRequest,
      description: 'The request, as it is now.',
      resolve: ({ changeRequest }) => changeRequest,
    }),
    outcome: t.field({ type: ApprovalOutcome, description: 'What came of the vote.', resolve: ({ outcome }) => outcome }),
  }),
})
