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
  values: { metrics?: readonly unknown[]; metricsSecondary?: readonly unknown[] },
  allowUnknownEvents: boolean,
): Promise<FieldError[]> {
  const fieldErrors: FieldError[] = []
  for (const field of ['metrics', 'metricsSecondary'] as const) {
    const { events, actionIds } = getReferencedNames(values[field] ?? [])
    const unknownActions = await findUnknownActions(tx, projectId, actionIds)
    const unknownEvents = allowUnknownEvents ? [] : await findUnknownEvents(tx, projectId, events)
    const actions = unknownActions.join(', ')
    const names = unknownEvents.map((event) => `'${event}'`).join(', ')
    const notFound = (message: string) => fieldErrors.push(fieldError([field], message, 'does_not_exist'))
    if (actions !== '') notFound(`Action(s) with ID ${actions} not found or deleted. Use actions of this project.`)
    if (names !== '') notFound(`Event(s) ${names} not found. Send allowUnknownEvents: true to use events that were never sent.`)
  }
  return fieldErrors
}

async function findUnknownActions(tx: Transaction, projectId: number, ids: number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const where = { id: { in: ids.filter(isInt4) }, projectId, deleted: false }
  const found = new Set((await tx.action.findMany({ where, select: { id: true } })).map(({ id }) => id))
  return ids.filter((id) => !found.has(id))
}

async function findUnknownEvents(tx: Transaction, projectId: number, names: string[]): Promise<string[]> {
  if (names.length === 0) return []
  const unknown = await tx.$queryRaw<{ event: string }[]>`
    SELECT n.event FROM unnest(${names}::text[]) AS n (event)
    WHERE NOT EXISTS (SELECT FROM events e WHERE e.project_id = ${projectId}::int AND e.event = n.event)`
  return unknown.map(({ event }) => event)
}
