import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { recordRequestActivity } from './activity.ts'

/** Expires an open request after its deadline, and returns its current row. A request that was closed meanwhile stays as it is. */
export async function expireChangeRequest(unit: UnitOfWork, { id, projectId, state }: ChangeRequest, now: Date): Promise<ChangeRequest> {
  const { tx } = unit
  const { count } = await tx.changeRequest.updateMany({
    where: { id, state: { in: ['PENDING', 'APPROVED'] }, expiresAt: { lte: now } },
    data: { state: 'EXPIRED', updatedAt: now },
  })
  const current = await tx.changeRequest.findUniqueOrThrow({ where: { id } })
  if (count === 0) return current
  const { organizationId } = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { organizationId: true } })
  await recordRequestActivity(unit, { now }, 'expireChangeRequest', { state, organizationId }, current)
  return current
}
