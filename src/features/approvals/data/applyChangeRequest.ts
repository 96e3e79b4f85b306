import type { Actor } from '../../../auth/actor.ts'
import { carryOut } from '../../../commands/execute.ts'
import { operationNamed } from '../../../commands/registry.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { inSavepoint, lostARace } from '../../../database/transaction.ts'
import { Refusal } from '../../../platform/domainErrors.ts'
import type { Logger } from '../../../platform/logger.ts'
import { lockResource, staleReason } from './checkChangeRequest.ts'
import { requesterOf } from './requester.ts'

export type FailureReason =
  | 'VERSION_MISMATCH'
  | 'OWNER_CHANGED'
  | 'REQUESTER_LOST_ACCESS'
  | 'REQUESTER_GONE'
  | 'PAYLOAD_INVALID'
  | 'RESOURCE_GONE'
  | 'INTERNAL'

/** Why a change could not be made. */
class ApplyFailure extends Error {
  readonly reason: FailureReason
  constructor(reason: FailureReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/**
 * Makes the change of a locked request that has its quorum: the whole operation again, by the same code, in the name of the requester,
 * with the gate off (approvals.md 22.1). What fails is undone, and told by the request: the vote that led here stays.
 */
export async function applyRequest(tx: Transaction, request: ChangeRequest, decider: Actor, log: Logger): Promise<ChangeRequest> {
  const { now } = decider
  const decided = { decidedById: decider.user.id, updatedAt: now }
  try {
    const { id, version } = await inSavepoint(tx, () => replay(tx, request, now))
    return await tx.changeRequest.update({
      where: { id: request.id },
      data: {
        ...decided,
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
    const { reason, message } = failureOf(error, log, request)
    return tx.changeRequest.update({
      where: { id: request.id },
      data: {
        ...decided,
        state: 'FAILED',
        applyError: message,
        applyFailure: reason,
        ...(reason === 'INTERNAL' ? {} : { validationStatus: 'INVALID', validationError: message, validatedAt: now }),
      },
    })
  }
}

async function replay(tx: Transaction, request: ChangeRequest, now: Date) {
  const operation = operationNamed(request.operation)
  if (operation === null) throw new ApplyFailure('PAYLOAD_INVALID', `There is no operation '${request.operation}' any more.`)
  const requester = await requesterOf(tx, request, now)
  if (requester.actor === null) throw new ApplyFailure(requester.reason, requester.message)
  await lockResource(tx, request)
  const stale = await staleReason(tx, request)
  if (stale !== null) throw new ApplyFailure(stale.reason, `Precondition failed: ${stale.message}`)
  const existing = await operation.existing?.(tx, requester.actor, request.input)
  if (existing) return existing
  const plan = await operation.plan(tx, requester.actor, withoutVersion(request.input))
  return carryOut(tx, requester.actor, operation.name, plan, request.id)
}

/** What the flag may be by now has been judged by its values. */
function withoutVersion(input: unknown): unknown {
  const { version: _, ...rest } = input as Record<string, unknown>
  return rest
}

function failureOf(error: unknown, log: Logger, request: ChangeRequest): { reason: FailureReason; message: string } {
  if (error instanceof ApplyFailure) return error
  if (error instanceof Refusal) return { reason: 'PAYLOAD_INVALID', message: `Validation failed: ${error.message}` }
  if (lostARace(error)) return { reason: 'PAYLOAD_INVALID', message: 'Somebody else took a name that the change needs. Try again.' }
  log.error({ err: error, changeRequestId: request.id }, 'A change request could not be applied.')
  return { reason: 'INTERNAL', message: 'Something went wrong on our side. An approver can try again.' }
}
