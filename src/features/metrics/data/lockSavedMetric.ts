import type { Actor } from '../../../auth/actor.ts'
import { visibleProjects } from '../../../auth/visibility.ts'
import type { LinkedThing } from '../../../commands/linkedProject.ts'
import type { Transaction } from '../../../database/client.ts'
import type { Project, SavedMetric } from '../../../database/generated/client.ts'
import { ResourceNotFoundError } from '../../../platform/domainErrors.ts'

/**
 * Returns a saved metric that the actor may see, locked until the transaction ends. Nothing can link it meanwhile.
 *
 * @throws ResourceNotFoundError if there is no such metric.
 */
export async function lockSavedMetric(tx: Transaction, actor: Actor, id: number): Promise<SavedMetric & { project: Project }> {
  await tx.$queryRaw`SELECT id FROM saved_metrics WHERE id = ${id}::int FOR UPDATE`
  const metric = await tx.savedMetric.findFirst({ where: { id, project: visibleProjects(actor) }, include: { project: true } })
  if (metric === null) throw new ResourceNotFoundError('Saved metric not found.')
  return metric
}

/** The metric as a write of a linked project names it. Null if there is none. */
export async function findLinkedMetric(tx: Transaction, id: number): Promise<{ projectId: number; thing: LinkedThing } | null> {
  const metric = await tx.savedMetric.findUnique({ where: { id }, select: { projectId: true } })
  return metric === null ? null : { ...metric, thing: { type: 'SAVED_METRIC', id } }
}
