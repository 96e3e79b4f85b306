import type { CommandPlan } from '../../../commands/command.ts'
import { lockExperimentRow, lockFlagRow, lockFlagRows, lockHoldoutRow } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import { toJsonValue } from '../../../platform/json.ts'
import { invalid, type Judgement, valid } from '../rules/judgement.ts'
import { comparePlans, parsePreconditions } from '../rules/staleness.ts'
import { judgeRequests, loadRows } from './judgeRequests.ts'
import { planAgain } from './replay.ts'

/**
 * Checks a request again, and locks its rows (approvals.md 13). After the rows, the whole plan is compared with what the approvers see: it is
 * computed again as of the time of the request, so that only real differences count.
 */
export async function checkChangeRequest(unit: UnitOfWork, request: ChangeRequest): Promise<Judgement> {
  const { tx } = unit
  // In the order of src/commands/rowLocks.ts.
  if (request.resourceType === 'EXPERIMENT_HOLDOUT' && request.resourceId !== null) await lockHoldoutRow(tx, request.resourceId)
  if (request.resourceType === 'EXPERIMENT' && request.resourceId !== null) await lockExperimentRow(tx, request.resourceId)
  if (request.featureFlagId !== null) await lockFlagRow(tx, request.featureFlagId)
  if (request.resourceType === 'EXPERIMENT_HOLDOUT') await lockFlagRows(tx, flagIdsOf(request))
  const [judged] = await judgeRequests(tx, [request])
  if (judged !== undefined && judged.judgement.status !== 'VALID' && judged.judgement.source === 'rows') return judged.judgement
  try {
    const { plan } = await planAgain(unit, request, request.createdAt)
    return await judgePlan(tx, request, plan)
  } catch (problem) {
    if (!(problem instanceof DomainError)) throw problem
    return invalid('PAYLOAD_INVALID', `Validation failed: ${problem.message}`, 'plan')
  }
}

/** The flags that a request depends on. */
function flagIdsOf(request: ChangeRequest): number[] {
  return parsePreconditions(request).rows.flatMap(({ type, id }) => (type === 'FEATURE_FLAG' && typeof id === 'number' ? [id] : []))
}

/** Compares a plan that was computed again with what the approvers see. */
export async function judgePlan(tx: Transaction, request: ChangeRequest, plan: CommandPlan): Promise<Judgement> {
  const preconditions = parsePreconditions(request)
  const staleness = comparePlans(request, plan, preconditions, await loadRows(tx, preconditions.rows))
  return staleness === null ? valid : { status: 'STALE', source: 'plan', ...staleness }
}

/** Stores a judgement if it differs from the stored one. */
export async function saveJudgement(
  { tx, recordChange }: UnitOfWork,
  request: ChangeRequest,
  judgement: Judgement,
  now: Date,
): Promise<ChangeRequest> {
  if (request.validationStatus === judgement.status && request.validationError === judgement.message) return request
  recordChange({ projectId: request.projectId, changeRequestId: request.id })
  return tx.changeRequest.update({ where: { id: request.id }, data: { ...toColumns(judgement), validatedAt: now, updatedAt: now } })
}

/** The columns that hold a judgement. */
export function toColumns({ status, message, source, differences }: Judgement) {
  return {
    validationStatus: status,
    validationError: message,
    validationDetail: toJsonValue({ source, differences }) as Prisma.InputJsonValue,
  }
}
