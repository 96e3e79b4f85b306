import type { Actor } from '../../../auth/actor.ts'
import type { ChangeRequest as RequestRow } from '../../../database/generated/client.ts'
import type { Database } from '../../../database/open.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { DomainError, InvalidStateError, PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import type { Logger } from '../../../platform/logger.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { type ApprovalResult, ApproveChangeRequestSuccess } from '../ApprovalOutcome.ts'
import { applyChangeRequest } from '../data/applyChangeRequest.ts'
import { findStaleness, lockResource, saveValidationStatus } from '../data/checkChangeRequest.ts'
import {
  AlreadyVotedError,
  ChangeRequestExpiredError,
  ChangeRequestStaleError,
  NotAnApproverError,
  SelfApprovalForbiddenError,
} from '../data/errors.ts'
import {
  assertNotVoted,
  castVote,
  countValidApprovals,
  loadVotingState,
  lockChangeRequest,
  normalizeReason,
  recordRequestActivity,
} from '../data/votes.ts'

/** Gives a vote; the last one that is needed makes the change, in the same transaction. */
async function approve(database: Database, actor: Actor, id: number, reason: string, log: Logger): Promise<ApprovalResult> {
  const outcome = await withTransaction(database, async (unit): Promise<ApprovalResult | DomainError> => {
    const { tx } = unit
    const request = await lockChangeRequest(tx, actor, id)
    const voting = await loadVotingState(unit, actor, request, 'approved')
    // Given back, not thrown: that it is expired or stale stays written.
    if (voting instanceof DomainError) return voting
    await lockResource(tx, request)
    const staleness = await findStaleness(tx, request)
    if (staleness !== null) {
      const staleRequest = await saveValidationStatus(unit, request, { status: 'STALE', error: staleness.message }, actor.now)
      return new ChangeRequestStaleError(
        `The resource has changed since this request was created. Please ask for the change again. ${staleness.message}`,
        staleRequest,
      )
    }
    assertNotVoted(voting, actor, request)

    const vote = await castVote(tx, actor, request, 'APPROVED', reason)
    const approvals = countValidApprovals({ ...voting, votes: [...voting.votes, vote] })
    const { quorum } = voting.snapshot
    const after =
      approvals < quorum ? await tx.changeRequest.findUniqueOrThrow({ where: { id } }) : await applyChangeRequest(unit, request, actor, log)
    await recordRequestActivity(unit, actor, 'approveChangeRequest', request, after, reason)
    return { changeRequest: after, outcome: toVoteOutcome(after, approvals, quorum) }
  })
  if (outcome instanceof DomainError) throw outcome
  return outcome
}

/** What became of a request by a vote. */
export function toVoteOutcome(request: RequestRow, approvals: number, quorum: number): ApprovalResult['outcome'] {
  if (request.state === 'APPLIED') return { kind: 'applied', request }
  if (request.state === 'FAILED') return { kind: 'failed', request }
  return { kind: 'recorded', approvals, quorum }
}

const ApproveChangeRequestInput = builder.inputType('ApproveChangeRequestInput', {
  description: 'A vote for a change request.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The request: its global id, or its number.' }),
    reason: t.string({ required: false, description: 'Why; only its first 2,000 characters are kept.' }),
  }),
})

builder.mutationField('approveChangeRequest', (t) =>
  t.field({
    type: ApproveChangeRequestSuccess,
    description:
      'Votes for a change request. The vote that reaches the quorum makes the change at once, as a whole and in the name of the requester; ' +
      `\`outcome\` tells what came of it. A change that cannot be made keeps the vote: see \`ApplyFailed\`.\n\n${requiresScopeText('approvals:write')}`,
    args: { input: t.arg({ type: ApproveChangeRequestInput, required: true, description: 'The vote.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [
        InvalidStateError,
        ChangeRequestStaleError,
        ChangeRequestExpiredError,
        AlreadyVotedError,
        SelfApprovalForbiddenError,
        NotAnApproverError,
        PermissionDeniedError,
        ResourceNotFoundError,
      ],
      ...resultUnionOptions('approveChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const approved = await approve(
        context,
        toActor(context),
        parseInputId('ChangeRequest', input.id),
        normalizeReason(input.reason),
        context.log,
      )
      clearLoaders(context)
      return approved
    },
  }),
)
