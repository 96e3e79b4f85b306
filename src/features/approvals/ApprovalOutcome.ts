import type { ChangeRequest as RequestRow } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { ChangeRequest, toResourceId } from './ChangeRequest.ts'
import type { FailureReason } from './data/applyChangeRequest.ts'

type VoteOutcome =
  | { kind: 'recorded'; approvals: number; quorum: number }
  | { kind: 'applied'; request: RequestRow }
  | { kind: 'failed'; request: RequestRow }

/** A request after a vote, and the effect of the vote. */
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
  description: 'The vote counts, and more approvals are needed. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    approvals: t.exposeInt('approvals', { description: 'The number of approvals. Only those of people who may still vote count.' }),
    quorum: t.exposeInt('quorum', { description: 'The number of approvals that are needed.' }),
  }),
})

const ChangeApplied = builder.objectRef<OutcomeOf<'applied'>>('ChangeApplied').implement({
  description: 'The quorum was reached and the change was made. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    resourceId: t.id({
      nullable: true,
      description: 'The global id of the object that was changed or created.',
      resolve: ({ request }) => toResourceId(request),
    }),
    resourceVersion: t.int({
      nullable: true,
      description: "The flag's version after the change. Null when no flag was changed.",
      resolve: ({ request }) => request.resultVersion,
    }),
    appliedAt: t.field({
      type: 'DateTime',
      description: 'When the change was made.',
      resolve: ({ request }) => request.appliedAt ?? request.updatedAt,
    }),
  }),
})

const ApplyFailureReason = builder.enumType('ApplyFailureReason', {
  description: 'Why a change that reached its quorum could not be made.',
  values: {
    VERSION_MISMATCH: { description: 'A value that the change would set has changed since it was requested.' },
    OWNER_CHANGED: { description: 'Since the request, an experiment has begun to use the flag, or no longer uses it.' },
    REQUESTER_LOST_ACCESS: { description: 'The requester is no longer a member who can see the project.' },
    REQUESTER_GONE: { description: "The requester's account is gone or deactivated." },
    PAYLOAD_INVALID: { description: 'The change is no longer valid.' },
    RESOURCE_GONE: { description: 'The flag is gone.' },
    INTERNAL: { description: 'An internal error. `retryChangeRequest` can try again.' },
  } satisfies Record<FailureReason, { description: string }>,
})

const ApplyFailed = builder.objectRef<OutcomeOf<'failed'>>('ApplyFailed').implement({
  description:
    'The quorum was reached, but the change could not be made. It was undone as a whole, and the vote stays. ' +
    '`retryChangeRequest` tries again. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    reason: t.field({
      type: ApplyFailureReason,
      description: 'The reason, as a code.',
      resolve: ({ request }) => (request.applyFailure ?? 'INTERNAL') as FailureReason,
    }),
    message: t.string({ description: 'The reason, in words.', resolve: ({ request }) => request.applyError ?? '' }),
  }),
})

const outcomeTypes = { recorded: VoteRecorded, applied: ChangeApplied, failed: ApplyFailed }

const ApprovalOutcome = builder.unionType('ApprovalOutcome', {
  description: 'The effect of a vote.',
  types: [VoteRecorded, ChangeApplied, ApplyFailed],
  resolveType: ({ kind }) => outcomeTypes[kind],
})

export const ApproveChangeRequestSuccess = builder.objectRef<ApprovalResult>('ApproveChangeRequestSuccess').implement({
  description: 'The vote counts. `outcome` says whether the change was made. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    changeRequest: t.field({
      type: ChangeRequest,
      description: 'The request after the vote.',
      resolve: ({ changeRequest }) => changeRequest,
    }),
    outcome: t.field({ type: ApprovalOutcome, description: 'The effect of the vote.', resolve: ({ outcome }) => outcome }),
  }),
})
