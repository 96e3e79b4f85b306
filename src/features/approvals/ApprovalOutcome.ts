import type { Actor } from '../../auth/actor.ts'
import type { ChangeRequest as RequestRow } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { ChangeRequest, toResourceId } from './ChangeRequest.ts'
import { sendChangeRequest } from './data/linked/sendChangeRequest.ts'
import type { FailureReason } from './rules/judgement.ts'

/** A request after a vote, and the approvals that count. */
export interface ApprovalResult {
  changeRequest: RequestRow
  approvals: number
  quorum: number
}

/** Sends the change of a request of a linked project, once the vote for it is stored. */
export async function sendApproved(context: Context, actor: Actor, result: ApprovalResult): Promise<ApprovalResult> {
  const { changeRequest } = result
  if (changeRequest.state !== 'APPROVED') return result
  return { ...result, changeRequest: await sendChangeRequest(context, changeRequest, actor, context.log) }
}

const VoteRecorded = builder.objectRef<ApprovalResult>('VoteRecorded').implement({
  description: 'The vote counts, and more approvals are needed. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    approvals: t.exposeInt('approvals', { description: 'The number of approvals. Only those of people who may still vote count.' }),
    quorum: t.exposeInt('quorum', { description: 'The number of approvals that are needed.' }),
  }),
})

const ChangeApplied = builder.objectRef<ApprovalResult>('ChangeApplied').implement({
  description: 'The quorum was reached and the change was made. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    resourceId: t.id({
      nullable: true,
      description: 'The global id of the object that was changed or created.',
      resolve: ({ changeRequest }) => toResourceId(changeRequest),
    }),
    resourceVersion: t.int({
      nullable: true,
      description: "The flag's version after the change. Null when no flag was changed.",
      resolve: ({ changeRequest }) => changeRequest.resultVersion,
    }),
    appliedAt: t.field({
      type: 'DateTime',
      description: 'When the change was made.',
      resolve: ({ changeRequest: { appliedAt, updatedAt } }) => appliedAt ?? updatedAt,
    }),
  }),
})

const ApplyFailureReason = builder.enumType('ApplyFailureReason', {
  description: 'Why a change that reached its quorum could not be made.',
  values: {
    VERSION_MISMATCH: { description: 'A value that the change would set has changed since it was requested.' },
    OWNER_CHANGED: { description: 'Since the request, an experiment has begun to use the flag, or no longer uses it.' },
    REQUESTER_LOST_ACCESS: { description: 'The requester is no longer a member who can see the project, or their API key was revoked.' },
    REQUESTER_GONE: { description: "The requester's account is gone or deactivated." },
    PAYLOAD_INVALID: { description: 'The change is no longer valid.' },
    RESOURCE_GONE: { description: 'The flag is gone.' },
    INTERNAL: { description: 'An internal error. `retryChangeRequest` can try again.' },
  } satisfies Record<FailureReason, { description: string }>,
})

const ApplyFailed = builder.objectRef<ApprovalResult>('ApplyFailed').implement({
  description:
    'The quorum was reached, but the change could not be made. It was undone as a whole, and the vote stays. ' +
    '`retryChangeRequest` tries again. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    reason: t.field({
      type: ApplyFailureReason,
      description: 'The reason, as a code.',
      resolve: ({ changeRequest }) => (changeRequest.applyFailure ?? 'INTERNAL') as FailureReason,
    }),
    message: t.string({ description: 'The reason, in words.', resolve: ({ changeRequest }) => changeRequest.applyError ?? '' }),
  }),
})

const ApprovalOutcome = builder.unionType('ApprovalOutcome', {
  description: 'The effect of a vote.',
  types: [VoteRecorded, ChangeApplied, ApplyFailed],
  resolveType: ({ changeRequest: { state } }) => (state === 'APPLIED' ? ChangeApplied : state === 'FAILED' ? ApplyFailed : VoteRecorded),
})

export const ApproveChangeRequestSuccess = builder.objectRef<ApprovalResult>('ApproveChangeRequestSuccess').implement({
  description: 'The vote counts. `outcome` says whether the change was made. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    changeRequest: t.expose('changeRequest', { type: ChangeRequest, description: 'The request after the vote.' }),
    outcome: t.field({ type: ApprovalOutcome, description: 'The effect of the vote.', resolve: (result) => result }),
  }),
})
