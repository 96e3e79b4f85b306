import { operationNamed } from '../../../commands/registry.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { announce } from '../../../database/pubsub/publishChanges.ts'
import { Refusal } from '../../../platform/domainErrors.ts'
import { type StaleReason, staleness } from '../rules/staleness.ts'
import { ownerOf } from './gate.ts'
import { requesterOf } from './requester.ts'

/** Whether a request could be applied now, and why not. */
export type Validity = { status: 'VALID'; error: null } | { status: 'STALE' | 'INVALID'; error: string }

/** Locks the guarded flag of a request, and tells whether the request still fits it. */
export async function staleReason(tx: Transaction, request: ChangeRequest): Promise<StaleReason | null> {
  const { featureFlagId: id } = request
  if (id === null) return null
  await tx.$queryRaw`SELECT id FROM feature_flags WHERE id = ${id}::int FOR NO KEY UPDATE`
  const flag = await tx.featureFlag.findUnique({ where: { id } })
  return staleness(request.preconditions, flag, await ownerOf(tx, { id, bornWithExperiment: false }))
}

/** Looks at a request afresh (approvals.md 13): does it fit the flag, may its requester still do it, is it still a valid change? */
export async function validityOf(tx: Transaction, request: ChangeRequest, now: Date): Promise<Validity> {
  await lockResource(tx, request)
  const stale = await staleReason(tx, request)
  if (stale !== null) return { status: 'STALE', error: stale.message }
  const requester = await requesterOf(tx, request, now)
  if (requester.actor === null) return { status: 'INVALID', error: requester.message }
  const operation = operationNamed(request.operation)
  if (operation === null) return { status: 'INVALID', error: `There is no operation '${request.operation}' any more.` }
  try {
    await operation.plan(tx, requester.actor, request.input)
    return { status: 'VALID', error: null }
  } catch (refusal) {
    if (refusal instanceof Refusal) return { status: 'INVALID', error: refusal.message }
    throw refusal
  }
}

/** An experiment is locked before its flag, as everywhere (src/commands/rowLocks.ts). */
export async function lockResource(tx: Transaction, { resourceType, resourceId }: ChangeRequest): Promise<void> {
  if (resourceType === 'EXPERIMENT' && resourceId !== null) {
    await tx.$queryRaw`SELECT id FROM experiments WHERE id = ${resourceId}::int FOR NO KEY UPDATE`
  }
}

/** Writes down what was found, where it is new. */
export async function noteValidity(
  tx: Transaction,
  request: ChangeRequest,
  { status, error }: Validity,
  now: Date,
): Promise<ChangeRequest> {
  if (request.validationStatus === status && request.validationError === error) return request
  announce(tx, { projectId: request.projectId, changeRequestId: request.id })
  return tx.changeRequest.update({
    where: { id: request.id },
    data: { validationStatus: status, validationError: error, validatedAt: now, updatedAt: now },
  })
}
