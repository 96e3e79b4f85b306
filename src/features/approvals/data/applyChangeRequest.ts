import type { Actor } from '../../../auth/actor.ts'
import { commitPlan } from '../../../commands/execute.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import { isWriteConflict, type UnitOfWork, withSavepoint } from '../../../database/transaction.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import type { Logger } from '../../../platform/logger.ts'
import { findStaleness, lockResource } from './checkChangeRequest.ts'
import { type FailureReason, ReplayError, requireCommand, requireRequester } from './replay.ts'

/**
 * Replays the command of a locked request that has its quorum, in the name of the requester and with the gate off (approvals.md 22.1).
 * A failed replay is undone, and the request becomes `FAILED` with the reason. The vote stays.
 */
export async function applyChangeRequest(unit: UnitOfWork, request: ChangeRequest, decider: Actor, log: Logger): Promise<ChangeRequest> {
  const { tx } = unit
  const { now } = decider
  const decision = { decidedById: decider.user.id, updatedAt: now }
  try {
    const { id, version } = await withSavepoint(tx, () => replayCommand(unit, request, now))
    return await tx.changeRequest.update({
      where: { id: request.id },
      data: {
        ...decision,
        state: 'APPLIED',
        appliedAt: now,
        applyError: null,
        applyFailure: null,
        resourceId: id,
        resultVersion: version,
        validationStatus: 'VALID',
        validationError: null,
      },
    })
  } catch (error) {
    const { reason, message } = toFailure(error, log, request)
    return tx.changeRequest.update({
      where: { id: request.id },
      data: {
        ...decision,
        state: 'FAILED',
        applyError: message,
        applyFailure: reason,
        ...(reason === 'INTERNAL' ? {} : { validationStatus: 'INVALID', validationError: message, validatedAt: now }),
      },
    })
  }
}

async function replayCommand(unit: UnitOfWork, request: ChangeRequest, now: Date) {
  const { tx } = unit
  const command = requireCommand(request)
  const requester = await requireRequester(tx, request, now)
  await lockResource(tx, request)
  const staleness = await findStaleness(tx, request)
  if (staleness !== null) throw new ReplayError(staleness.reason, `Precondition failed: ${staleness.message}`)
  const existing = await command.findExisting?.(tx, requester, request.input)
  if (existing) return existing
  // The client's `version` is outdated by now. `findStaleness` has compared the values instead.
  const { version: _, ...input } = request.input as Record<string, unknown>
  const plan = await command.plan(tx, requester, input)
  return commitPlan(unit, requester, command.name, plan, request.id)
}

function toFailure(error: unknown, log: Logger, request: ChangeRequest): { reason: FailureReason; message: string } {
  if (error instanceof ReplayError) return error
  if (error instanceof DomainError) return { reason: 'PAYLOAD_INVALID', message: `Validation failed: ${error.message}` }
  if (isWriteConflict(error)) return { reason: 'PAYLOAD_INVALID', message: 'A name that the change needs is now taken. Try again.' }
  log.error(
    { err: error, changeRequestId: request.id },
    'Change request not applied because of an internal error. An approver can retry it.',
  )
  return { reason: 'INTERNAL', message: 'Something went wrong on our side. An approver can try again.' }
}
