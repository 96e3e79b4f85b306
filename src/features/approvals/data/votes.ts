import type { Actor } from '../../../auth/actor.ts'
import { visibleProjects } from '../../../auth/visibility.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import type { Approval, ChangeRequest } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { InvalidStateError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { canVote } from '../rules/permissions.ts'
import { type PolicySnapshot, parseSnapshot } from '../rules/policySnapshot.ts'
import { loadEligibleVoters } from './eligibleVoters.ts'
import { AlreadyVotedError, ChangeRequestExpiredError, NotAnApproverError, SelfApprovalForbiddenError } from './errors.ts'
import { expireChangeRequest } from './expire.ts'

/** How long the reason of a vote or a cancellation may be, in characters. */
export const maxReasonLength = 2_000

/** A reason as it is kept: trimmed, and cut where it is longer than anybody reads. */
export function normalizeReason(reason: string | null | undefined): string {
  return [...(reason ?? '').replaceAll('\0', '').toWellFormed().trim()].slice(0, maxReasonLength).join('')
}

/** A request that the actor sees, locked: who votes, cancels or expires it at the same time waits, and then finds it decided. */
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

/** What a voter finds out about a request before their vote counts. */
export interface VotingState {
  snapshot: PolicySnapshot
  /** Those who may vote now. */
  voters: Set<number>
  votes: Approval[]
}

/**
 * Checks that the actor may vote on a locked request, in the reference's order (approvals.md 11.1); `ExpiredRefusal` is given back and not
 * thrown, because the request is expired then and that is to stay.
 *
 * @throws Refusal
 */
export async function loadVotingState(
  tx: Transaction,
  actor: Actor,
  request: ChangeRequest & { organizationId: string },
  verb: 'approved' | 'rejected',
): Promise<VotingState | ChangeRequestExpiredError> {
  if (request.state !== 'PENDING') throw new InvalidStateError(`Only pending change requests can be ${verb}`, request.state)
  if (request.expiresAt <= actor.now) {
    return new ChangeRequestExpiredError('This change request has expired.', await expireChangeRequest(tx, request, actor.now))
  }
  const snapshot = parseSnapshot(request)
  const voters = await loadEligibleVoters(tx, request.organizationId, snapshot)
  if (request.requestedById === actor.user.id && !snapshot.allowSelfApprove) {
    throw new SelfApprovalForbiddenError(`You cannot ${verb === 'approved' ? 'approve' : 'reject'} your own change request`, request)
  }
  if (!canVote(request, snapshot, actor.user.id, voters.has(actor.user.id))) {
    throw new NotAnApproverError('You are not in the approver set for this change request', request)
  }
  return { snapshot, voters, votes: await tx.approval.findMany({ where: { changeRequestId: request.id }, orderBy: { id: 'asc' } }) }
}

/** @throws AlreadyVotedRefusal */
export function assertNotVoted({ votes }: VotingState, actor: Actor, request: ChangeRequest): void {
  if (votes.some(({ createdById }) => createdById === actor.user.id)) {
    throw new AlreadyVotedError('You have already voted on this change request.', request)
  }
}

/** How many of those who may vote now have approved: who lost the right does not count any more (approvals.md 22.17). */
export function countValidApprovals({ voters, votes }: Pick<VotingState, 'voters' | 'votes'>): number {
  return votes.filter(({ decision, createdById }) => decision === 'APPROVED' && createdById !== null && voters.has(createdById)).length
}

/** Stores a vote. One a person: the database decides. */
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

/** The audit row of what somebody did to a request. */
export async function recordRequestActivity(
  tx: Transaction,
  actor: Actor,
  activity: string,
  before: ChangeRequest & { organizationId: string },
  after: ChangeRequest,
  detail: string,
): Promise<void> {
  await recordActivity(tx, {
    activity,
    actor,
    now: actor.now,
    organizationId: before.organizationId,
    projectId: before.projectId,
    experimentId: after.resourceType === 'EXPERIMENT' ? after.resourceId : null,
    featureFlagId: after.featureFlagId,
    changeRequestId: before.id,
    detail,
    before: { state: before.state },
    after: { state: after.state, ...(after.applyError === null ? {} : { applyError: after.applyError }) },
  })
}
