import type { Actor } from '../../../../auth/actor.ts'
import { findLink, type LinkedThing } from '../../../../commands/linkedProject.ts'
import type { Transaction } from '../../../../database/client.ts'
import type { ApprovalPolicy, ChangeRequest } from '../../../../database/generated/client.ts'
import type { Context } from '../../../../graphql/context.ts'
import { DomainError } from '../../../../platform/domainErrors.ts'
import { parseSnapshot } from '../../rules/policySnapshot.ts'
import {
  AlreadyVotedError,
  CancelForbiddenError,
  ChangeRequestStaleError,
  NotAnApproverError,
  SelfApprovalForbiddenError,
} from '../errors.ts'
import { lockChangeRequest } from '../votes.ts'

// Requests and policies that are mirrored from PostHog. They are decided there.

interface LinkedFind {
  projectId: number
  thing: LinkedThing
  byPostHog?: boolean
}

/** A request of PostHog that the actor votes on. Null for one of this service. */
export async function findUpstreamRequest(tx: Transaction, actor: Actor, { id }: { id: number }): Promise<LinkedFind | null> {
  const { projectId, importedId } = await lockChangeRequest(tx, actor, id)
  return importedId === null ? null : { projectId, thing: { type: 'CHANGE_REQUEST', id }, byPostHog: true }
}

/** Loads a request after a vote. */
export function reloadRequest({ database }: Context, id: number): Promise<ChangeRequest> {
  return database.db.changeRequest.findUniqueOrThrow({ where: { id } })
}

/** The same, with its approvals. PostHog counts them all. */
export async function reloadVotes(context: Context, id: number) {
  const changeRequest = await reloadRequest(context, id)
  const approvals = await context.database.db.approval.count({ where: { changeRequestId: id, decision: 'APPROVED' } })
  return { changeRequest, approvals, quorum: parseSnapshot(changeRequest).quorum }
}

/** The texts of PostHog about votes (approvals.md 11), and the errors that they are here. */
const errorsOfTexts = [
  [/already voted/i, AlreadyVotedError],
  [/your own change request/i, SelfApprovalForbiddenError],
  [/not in the approver set/i, NotAnApproverError],
  [/cannot cancel/i, CancelForbiddenError],
] as const

/** Gives a refusal of PostHog the type that the mutation has for it. */
export async function explainVote(context: Context, error: unknown, id: number): Promise<unknown> {
  if (!(error instanceof DomainError)) return error
  const ErrorClass = errorsOfTexts.find(([text]) => text.test(error.message))?.[1]
  if (ErrorClass !== undefined) return new ErrorClass(error.message, await reloadRequest(context, id))
  if (/changed since|stale/i.test(error.message)) {
    return new ChangeRequestStaleError(error.message, await reloadRequest(context, id), error.message)
  }
  return error
}

/** A new policy. In a linked project it is one of PostHog, unless the policies of this service guard the project. */
export async function findNewPolicy(
  tx: Transaction,
  { projectId, organizationWide }: { projectId: number; organizationWide?: boolean | null | undefined },
): Promise<LinkedFind | null> {
  const link = await findLink(tx, projectId)
  if (organizationWide === true || link?.localApprovals === true) return null
  return { projectId, thing: { type: 'APPROVAL_POLICY', id: null } }
}

/** A policy of PostHog. Null for one of this service. */
export async function findUpstreamPolicy(tx: Transaction, { id }: { id: number }): Promise<LinkedFind | null> {
  const policy = await tx.approvalPolicy.findUnique({ where: { id }, select: { projectId: true, importedId: true } })
  if (policy?.importedId == null || policy.projectId === null) return null
  return { projectId: policy.projectId, thing: { type: 'APPROVAL_POLICY', id } }
}

export function reloadPolicy({ database }: Context, id: number): Promise<ApprovalPolicy> {
  return database.db.approvalPolicy.findUniqueOrThrow({ where: { id } })
}
