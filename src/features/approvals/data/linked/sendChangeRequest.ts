import type { Actor } from '../../../../auth/actor.ts'
import { PlannedElsewhere, planElsewhere, type WriteServices } from '../../../../commands/execute.ts'
import { findLink } from '../../../../commands/linkedProject.ts'
import { findCommand } from '../../../../commands/registry.ts'
import type { PlannedCommand } from '../../../../commands/upstreamWriter.ts'
import type { ChangeRequest } from '../../../../database/generated/client.ts'
import { type UnitOfWork, withTransaction } from '../../../../database/transaction.ts'
import { uninterrupted } from '../../../../platform/cancellation.ts'
import { DomainError, InvalidStateError, VersionConflictError } from '../../../../platform/domainErrors.ts'
import type { Logger } from '../../../../platform/logger.ts'
import { UpstreamError } from '../../../../platform/upstreamError.ts'
import { type FailedJudgement, type FailureReason, invalid, valid } from '../../rules/judgement.ts'
import { recordRequestActivity } from '../activity.ts'
import { checkChangeRequest, toColumns } from '../checkChangeRequest.ts'
import { planAgain } from '../replay.ts'

/** Marks a request of a linked project that has its quorum. Its change is sent after the transaction: `sendChangeRequest`. */
export function markApproved({ tx }: UnitOfWork, { id }: ChangeRequest, decider: Actor): Promise<ChangeRequest> {
  return tx.changeRequest.update({ where: { id }, data: { state: 'APPROVED', decidedById: decider.user.id, updatedAt: decider.now } })
}

/**
 * Sends the change of an approved request to PostHog as a whole, in the name of the requester and with their key. If PostHog refuses, the
 * request becomes `FAILED` with the reason. Call it without a transaction.
 */
export function sendChangeRequest(services: WriteServices, request: ChangeRequest, decider: Actor, log: Logger): Promise<ChangeRequest> {
  // The vote is stored: whether its caller still waits does not matter.
  return uninterrupted(async () => {
    const { now } = decider
    try {
      const planned = await planRequest(services, request, now)
      await askAgain(services, request, planned.actor)
      const { id, version } = await services.upstream.execute({
        ...planned,
        name: request.operation,
        input: request.input,
        changeRequestId: request.id,
        planAgain: () => planRequest(services, request, now),
      })
      return await settle(services, request, decider, {
        ...toColumns(valid),
        ...{ state: 'APPLIED', appliedAt: now, applyError: null, applyFailure: null, resourceId: id, resultVersion: version },
      })
    } catch (error) {
      const { reason, message, columns = {} } = toFailure(error, log, request)
      return settle(services, request, decider, { state: 'FAILED', applyError: message, applyFailure: reason, ...columns })
    }
  })
}

type PlannedRequest = PlannedCommand & { actor: Actor }

/** Plans the change again. It must still be what the approvers saw, also after newer rows of PostHog were stored. */
async function planRequest({ database }: WriteServices, request: ChangeRequest, now: Date): Promise<PlannedRequest> {
  const planned = await planElsewhere<null, PlannedRequest>(() =>
    withTransaction(database, async (unit) => {
      const judgement = await checkChangeRequest(unit, request)
      if (judgement.status !== 'VALID') throw new FailedCheckError(judgement)
      const { actor, plan } = await planAgain(unit, request, now)
      const link = await findLink(unit.tx, plan.project.id)
      if (link === null) return null
      throw new PlannedElsewhere({ link, plan, bypasses: [], actor })
    }),
  )
  if (planned === null) throw new InvalidStateError('The project is no longer linked. An approver can retry the request.', 'UNLINKED')
  return planned
}

/** What PostHog was asked before the request was stored can be another now. */
async function askAgain(services: WriteServices, { operation, input }: ChangeRequest, requester: Actor): Promise<void> {
  try {
    await findCommand(operation)?.askUpstream?.(services, requester, input)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new FailedCheckError(invalid('PAYLOAD_INVALID', `Validation failed: ${error.message}`, 'plan'))
  }
}

class FailedCheckError extends Error {
  readonly judgement: FailedJudgement
  constructor(judgement: FailedJudgement) {
    super(judgement.message)
    this.judgement = judgement
  }
}

function toFailure(error: unknown, log: Logger, request: ChangeRequest): { reason: FailureReason; message: string; columns?: object } {
  if (error instanceof FailedCheckError) {
    const { status, reason, message } = error.judgement
    return { reason, message: status === 'STALE' ? `Precondition failed: ${message}` : message, columns: toColumns(error.judgement) }
  }
  if (error instanceof VersionConflictError) return { reason: 'VERSION_MISMATCH', message: error.message }
  if (error instanceof DomainError) return { reason: 'PAYLOAD_INVALID', message: `PostHog refused the change: ${error.message}` }
  if (error instanceof UpstreamError) {
    const outcome = error.outcomeUnknown ? 'It is not known whether it made the change.' : 'Nothing was changed.'
    return { reason: 'INTERNAL', message: `PostHog could not be reached, or has a fault. ${outcome} An approver can try again.` }
  }
  log.error({ err: error, changeRequestId: request.id }, 'Change request not sent because of an internal error. An approver can retry it.')
  return { reason: 'INTERNAL', message: 'Something went wrong on our side. An approver can try again.' }
}

function settle({ database }: WriteServices, request: ChangeRequest, { user, now }: Actor, data: object): Promise<ChangeRequest> {
  return withTransaction(database, async (unit) => {
    const { tx } = unit
    const changed = await tx.changeRequest.update({
      where: { id: request.id },
      data: { ...data, decidedById: user.id, updatedAt: now },
      include: { project: { select: { organizationId: true } } },
    })
    const { project, ...after } = changed
    await recordRequestActivity(unit, { user, now }, 'sendChangeRequest', { state: request.state, ...project }, after)
    return after
  })
}
