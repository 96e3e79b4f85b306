import type { Actor } from '../../../auth/actor.ts'
import { visibleProjects } from '../../../auth/visibility.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Approval, ChangeRequest } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { InvalidStateError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { canVote } from '../rules/permissions.ts'
import { type PolicySnapshot, parseSnapshot } from '../rules/policySnapshot.ts'
import { loadVoters } from './eligibleVoters.ts'
import { AlreadyVotedError, ChangeRequestExpiredError, NotAnApproverError, SelfApprovalForbiddenError } from './errors.ts'
import { expireChangeRequest } from './expire.ts'

/**
 * Locks a request that the actor may see. Concurrent votes and cancellations wait, and then read the new state.
 *
 * @throws ResourceNotFoundError if the actor cannot see the request.
 */
export async function lockChangeRequest(tx: Transaction, actor: Actor, id: number): Promise<ChangeRequest & { organizationId: string }> {
  await tx.$queryRaw`SELECT id FROM change_requests WHERE id = ${id}::int FOR UPDATE`
  const request = await tx.changeRequest.findFirst({
    where: { id, project: visibleProjects(actor) },
    include: { project: { select: { organizationId: true } } },
  })
  if (request === null) throw new ResourceNotFoundError('Change request not found.')
  const { project, ...row } = request
  return { ...row, organizationId: project.organizationId }
}

/** The state of a request that a vote is checked against. */
interface VotingState {
  snapshot: PolicySnapshot
  /** The ids of the people who may vote now. */
  voters: Set<number>
  votes: Approval[]
}

/**
 * Checks that the actor may vote on a locked request, in the reference's order (approvals.md 11.1). A `ChangeRequestExpiredError` is
 * returned, not thrown, because the transaction must commit the expiry.
 *
 * @throws InvalidStateError if the request is not pending.
 * @throws SelfApprovalForbiddenError if the actor is the requester, and the policy does not let requesters vote.
 * @throws NotAnApproverError if the actor is not an approver.
 */
export async function loadVotingState(
  unit: UnitOfWork,
  actor: Actor,
  request: ChangeRequest & { organizationId: string },
  verb: 'approved' | 'rejected',
): Promise<VotingState | ChangeRequestExpiredError> {
  if (request.state !== 'PENDING') throw new InvalidStateError(`Only pending change requests can be ${verb}`, request.state)
  if (request.expiresAt <= actor.now) {
    return new ChangeRequestExpiredError('This change request has expired.', await expireChangeRequest(unit, request, actor.now))
  }
  const snapshot = parseSnapshot(request)
  const voters = await loadVoters(unit.tx, { ...snapshot, organizationId: request.organizationId })
  if (request.requestedById === actor.user.id && !snapshot.allowSelfApprove) {
    throw new SelfApprovalForbiddenError(`You cannot ${verb === 'approved' ? 'approve' : 'reject'} your own change request`, request)
  }
  if (!canVote(request, snapshot, actor.user.id, voters.has(actor.user.id))) {
    throw new NotAnApproverError('You are not in the approver set for this change request', request)
  }
  return { snapshot, voters, votes: await unit.tx.approval.findMany({ where: { changeRequestId: request.id }, orderBy: { id: 'asc' } }) }
}

/** @throws AlreadyVotedError if the actor has already voted on the request. */
export function assertNotVoted({ votes }: VotingState, actor: Actor, request: ChangeRequest): void {
  if (votes.some(({ createdById }) => createdById === actor.user.id)) {
    throw new AlreadyVotedError('You have already voted on this change request.', request)
  }
}

/** Stores a vote. A unique constraint allows one per person. */
export function castVote(
  tx: Transaction,
  actor: Actor,
  request: ChangeRequest,
  decision: Approval['decision'],
  reason: string,
): Promise<Approval> {
  return tx.approval.create({
    data: { changeRequestId: request.id, createdById: actor.user.id, decision, reason, createdAt: actor.now },
  })
}
