import { recordActivity } from '../../../commands/recordActivity.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'

/** Expires an open request after its deadline, and returns its current row. A request that was closed meanwhile stays as it is. */
export async function expireChangeRequest(unit: UnitOfWork, request: ChangeRequest, now: Date): Promise<ChangeRequest> {
  const { tx } = unit
  const { count } = await tx.changeRequest.updateMany({
    where: { id: request.id, state: { in: ['PENDING', 'APPROVED'] }, expiresAt: { lte: now } },
    data: { state: 'EXPIRED', updatedAt: now },
  })
  if (count === 1) {
    const project = await tx.project.findUniqueOrThrow({ where: { id: request.projectId }, select: { organizationId: true } })
    await recordActivity(unit, {
      activity: 'expireChangeRequest',
      actor: null,
      now,
      organizationId: project.organizationId,
      projectId: request.projectId,
      experimentId: request.resourceType === 'EXPERIMENT' ? request.resourceId : null,
      featureFlagId: request.featureFlagId,
      changeRequestId: request.id,
      before: { state: request.state },
      after: { state: 'EXPIRED' },
    })
  }
  return tx.changeRequest.findUniqueOrThrow({ where: { id: request.id } })
}
