import type { Actor } from '../../../auth/actor.ts'
import type { ChangeRequest as RequestRow } from '../../../database/generated/client.ts'
import type { Db } from '../../../database/open.ts'
import { inTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { forgetReads } from '../../../graphql/context.ts'
import { actorOf, resultUnion } from '../../../graphql/mutation.ts'
import { InvalidStateRefusal, NotFoundRefusal, PermissionDeniedRefusal, Refusal } from '../../../platform/domainErrors.ts'
import type { Logger } from '../../../platform/logger.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { ApproveChangeRequestSuccess, type Approved } from '../ApprovalOutcome.ts'
import { applyRequest } from '../data/applyChangeRequest.ts'
import { lockResource, noteValidity, staleReason } from '../data/checkChangeRequest.ts'
import { AlreadyVotedRefusal, ExpiredRefusal, NotAnApproverRefusal, SelfApprovalRefusal, StaleRefusal } from '../data/errors.ts'
import { castVote, countedApprovals, keptReason, lockRequest, openBallot, recordOnRequest, refuseSecondVote } from '../data/votes.ts'

/** Gives a vote; the last one that is needed makes the change, in the same transaction. */
async function approve(db: Db, actor: Actor, id: number, reason: string, log: Logger): Promise<Approved> {
  const outcome = await inTransaction(db, async (tx): Promise<Approved | Refusal> => {
    const request = await lockRequest(tx, actor, id)
    const ballot = await openBallot(tx, actor, request, 'approved')
    // Given back, not thrown: that it is expired or stale stays written.
    if (ballot instanceof Refusal) return ballot
    await lockResource(tx, request)
    const stale = await staleReason(tx, request)
    if (stale !== null) {
      const marked = await noteValidity(tx, request, { status: 'STALE', error: stale.message }, actor.now)
      return new StaleRefusal(
        `The resource has changed since this request was created. Please ask for the change again. ${stale.message}`,
        marked,
      )
    }
    refuseSecondVote(ballot, actor, request)

    const vote = await castVote(tx, actor, request, 'APPROVED', reason)
    const approvals = countedApprovals({ ...ballot, votes: [...ballot.votes, vote] })
    const { quorum } = ballot.snapshot
    const after =
      approvals < quorum ? await tx.changeRequest.findUniqueOrThrow({ where: { id } }) : await applyRequest(tx, request, actor, log)
    await recordOnRequest(tx, actor, 'approveChangeRequest', request, after, reason)
    return { changeRequest: after, outcome: outcomeOf(after, approvals, quorum) }
  })
  if (outcome instanceof Refusal) throw outcome
  return outcome
}

/** What became of a request by a vote. */
export function outcomeOf(request: RequestRow, approvals: number, quorum: number): Approved['outcome'] {
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
      `\`outcome\` tells what came of it. A change that cannot be made keeps the vote: see \`ApplyFailed\`.\n\n${needs('approvals:write')}`,
    args: { input: t.arg({ type: ApproveChangeRequestInput, required: true, description: 'The vote.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [
        InvalidStateRefusal,
        StaleRefusal,
        ExpiredRefusal,
        AlreadyVotedRefusal,
        SelfApprovalRefusal,
        NotAnApproverRefusal,
        PermissionDeniedRefusal,
        NotFoundRefusal,
      ],
      ...resultUnion('approveChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const approved = await approve(
        context.db,
        actorOf(context),
        addressed('ChangeRequest', input.id),
        keptReason(input.reason),
        context.log,
      )
      forgetReads(context)
      return approved
    },
  }),
)
