import type { Actor } from '../../../auth/actor.ts'
import { commitPlan } from '../../../commands/execute.ts'
import { faultOf } from '../../../database/faults.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import { isWriteConflict, type UnitOfWork, withSavepoint } from '../../../database/transaction.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import type { Logger } from '../../../platform/logger.ts'
import { type FailedJudgement, type FailureReason, invalid, type Judgement, valid } from '../rules/judgement.ts'
import { judgePlan, toColumns } from './checkChangeRequest.ts'
import { planAgain } from './replay.ts'

/**
 * Replays the command of a locked request that has its quorum, in the name of the requester and with the gate off (approvals.md 22.1).
 * A failed replay is undone, and the request becomes `FAILED` with the reason. The vote stays.
 *
 * @param judgement what `checkChangeRequest` returned in this transaction
 */
export async function applyChangeRequest(
  unit: UnitOfWork,
  request: ChangeRequest,
  judgement: Judgement,
  decider: Actor,
  log: Logger,
): Promise<ChangeRequest> {
  const { tx } = unit
  const { now } = decider
  const decision = { decidedById: decider.user.id, updatedAt: now }
  const fail = (reason: FailureReason, applyError: string, columns: object) =>
    tx.changeRequest.update({
      where: { id: request.id },
      data: { ...decision, state: 'FAILED', applyError, applyFailure: reason, ...columns },
    })
  const failCheck = (failed: FailedJudgement) => {
    const { status, reason, message } = failed
    return fail(reason, status === 'STALE' ? `Precondition failed: ${message}` : message, { ...toColumns(failed), validatedAt: now })
  }
  if (judgement.status !== 'VALID') return failCheck(judgement)
  try {
    const { id, version } = await withSavepoint(tx, async () => {
      const { actor, plan } = await planAgain(unit, request, now)
      // A creation reads rows that it does not lock, and no time. What is written is compared, so that nothing can change in between.
      const planned = plan.resource.id === null ? await judgePlan(tx, request, plan) : valid
      if (planned.status !== 'VALID') throw new FailedCheckError(planned)
      return commitPlan(unit, actor, request.operation, plan, request.id)
    })
    return await tx.changeRequest.update({
      where: { id: request.id },
      data: {
        ...decision,
        ...toColumns(valid),
        state: 'APPLIED',
        appliedAt: now,
        applyError: null,
        applyFailure: null,
        resourceId: id,
        resultVersion: version,
      },
    })
  } catch (error) {
    // The database is at fault, not the change: the vote is undone too, and can be repeated.
    if (faultOf(error) !== null) throw error
    if (error instanceof FailedCheckError) return failCheck(error.judgement)
    const { reason, message } = toFailure(error, log, request)
    return fail(reason, message, reason === 'INTERNAL' ? {} : { ...toColumns(invalid(reason, message, 'plan')), validatedAt: now })
  }
}

/** Undoes a replay whose plan is not what the approvers see. */
class FailedCheckError extends Error {
  readonly judgement: FailedJudgement
  constructor(judgement: FailedJudgement) {
    super(judgement.message)
    this.judgement = judgement
  }
}

function toFailure(error: unknown, log: Logger, request: ChangeRequest): { reason: FailureReason; message: string } {
  if (error instanceof DomainError) return { reason: 'PAYLOAD_INVALID', message: `Validation failed: ${error.message}` }
  if (isWriteConflict(error)) return { reason: 'PAYLOAD_INVALID', message: 'A name that the change needs is now taken. Try again.' }
  log.error(
    { err: error, changeRequestId: request.id },
    'Change request not applied because of an internal error. An approver can retry it.',
  )
  return { reason: 'INTERNAL', message: 'Something went wrong on our side. An approver can try again.' }
}
