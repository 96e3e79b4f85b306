import type { Transaction } from '../../../database/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { getReferencedNames } from '../rules/metrics.ts'

/**
 * Returns errors for the events and actions in metrics that the project does not have. The metrics must be valid.
 *
 * @param allowUnknownEvents whether to accept events that were never sent
 */
export async function validateMetricNames(
  tx: Transaction,
  projectId: number,
  { metrics = [], metricsSecondary = [] }: { metrics?: readonly unknown[]; metricsSecondary?: readonly unknown[] },
  allowUnknownEvents: boolean,
): Promise<FieldError[]> {
  return [
    ...(await validateFieldNames(tx, projectId, 'metrics', metrics, allowUnknownEvents)),
    ...(await validateFieldNames(tx, projectId, 'metricsSecondary', metricsSecondary, allowUnknownEvents)),
  ]
}

async function validateFieldNames(
  tx: Transaction,
  projectId: number,
  field: 'metrics' | 'metricsSecondary',
  metrics: readonly unknown[],
  allowUnknownEvents: boolean,
): Promise<FieldError[]> {
  const { events, actionIds } = getReferencedNames(metrics)
  const fieldErrors: FieldError[] = []
  if (actionIds.length > 0) {
    const found = await tx.action.findMany({
      where: { id: { in: actionIds.filter(isInt4) }, projectId, deleted: false },
      select: { id: true },
    })
    const unknown = actionIds.filter((id) => !found.some((action) => action.id === id))
    if (unknown.length > 0) {
      fieldErrors.push(
        fieldError([field], `Action(s) with ID ${unknown.join(', ')} not found or deleted. Use actions of this project.`, 'does_not_exist'),
      )
    }
  }
  if (events.length > 0 && !allowUnknownEvents) {
    const unknown = await tx.$queryRaw<{ event: string }[]>`
      SELECT n.event FROM unnest(${events}::text[]) AS n (event)
      WHERE NOT EXISTS (SELECT FROM events e WHERE e.project_id = ${projectId}::int AND e.event = n.event)`
    if (unknown.length > 0) {
      const names = unknown.map(({ event }) => `'${event}'`).join(', ')
      fieldErrors.push(
        fieldError(
          [field],
          `Event(s) ${names} not found. Send allowUnknownEvents: true to use events that were never sent.`,
          'does_not_exist',
        ),
      )
    }
  }
  return fieldErrors
}
