import { lockExperimentRow, lockFlagRow } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import { detectStaleness, type Staleness } from '../rules/staleness.ts'
import { loadFlagOwner } from './gate.ts'
import { ReplayError, requireCommand, requireRequester } from './replay.ts'

/** Whether a request could be applied now; `error` says why not. */
type ValidationResult = { status: 'VALID'; error: null } | { status: 'STALE' | 'INVALID'; error: string }

/** Locks the guarded flag of a request. Returns why the request is stale, or null if it is not. */
export async function findStaleness(tx: Transaction, request: ChangeRequest): Promise<Staleness | null> {
  const { featureFlagId: id } = request
  if (id === null) return null
  await lockFlagRow(tx, id)
  const flag = await tx.featureFlag.findUnique({ where: { id } })
  return detectStaleness(request.preconditions, flag, await loadFlagOwner(tx, { id, createdForExperiment: false }))
}

/** Checks a request again (approvals.md 13): staleness, the access of its requester, and whether its change is still valid. */
export async function checkChangeRequest(tx: Transaction, request: ChangeRequest, now: Date): Promise<ValidationResult> {
  await lockResource(tx, request)
  const staleness = await findStaleness(tx, request)
  if (staleness !== null) return { status: 'STALE', error: staleness.message }
  try {
    const requester = await requireRequester(tx, request, now)
    await requireCommand(request).plan(tx, requester, request.input)
    return { status: 'VALID', error: null }
  } catch (problem) {
    if (problem instanceof ReplayError || problem instanceof DomainError) return { status: 'INVALID', error: problem.message }
    throw problem
  }
}

/** Locks the experiment of a request. Experiments are always locked before their flags (src/commands/rowLocks.ts). */
export async function lockResource(tx: Transaction, { resourceType, resourceId }: ChangeRequest): Promise<void> {
  if (resourceType === 'EXPERIMENT' && resourceId !== null) await lockExperimentRow(tx, resourceId)
}

/** Stores a validation result if it differs from the stored one. */
export async function saveValidationStatus(
  { tx, recordChange }: UnitOfWork,
  request: ChangeRequest,
  { status, error }: ValidationResult,
  now: Date,
): Promise<ChangeRequest> {
  if (request.validationStatus === status && request.validationError === error) return request
  recordChange({ projectId: request.projectId, changeRequestId: request.id })
  return tx.changeRequest.update({
    where: { id: request.id },
    data: { validationStatus: status, validationError: error, validatedAt: now, updatedAt: now },
  })
}
