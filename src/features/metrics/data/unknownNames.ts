import type { Transaction } from '../../../database/client.ts'
import type { PlanningEventStore } from '../../../database/events/eventStore.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import type { Reference } from '../rules/metricInput.ts'

/**
 * Returns an error for each event and action that an input names and the project does not have.
 *
 * @param events where the names of events are looked up. Null: events that were never sent are accepted.
 */
export async function validateReferences(
  tx: Transaction,
  projectId: number,
  references: readonly Reference[],
  events: Pick<PlanningEventStore, 'unknownNames'> | null,
): Promise<FieldError[]> {
  const names = references.flatMap((found) => ('event' in found ? [found.event] : []))
  const actionIds = references.flatMap((found) => ('actionId' in found ? [found.actionId] : []))
  const unknownActions = new Set(await findUnknownActions(tx, projectId, [...new Set(actionIds)]))
  const unknownEvents = new Set(await events?.unknownNames([...new Set(names)]))
  return references.flatMap((found) => {
    const isUnknown = 'event' in found ? unknownEvents.has(found.event) : unknownActions.has(found.actionId)
    const text = 'event' in found ? unknownEventsText([found.event]) : unknownActionsText([found.actionId])
    return isUnknown ? [fieldError(found.path, text, 'does_not_exist')] : []
  })
}

export function unknownActionsText(ids: readonly number[]): string {
  return `Action(s) with ID ${ids.join(', ')} not found or deleted. Use actions of this project.`
}

export function unknownEventsText(events: readonly string[]): string {
  const names = events.map((event) => `'${event}'`).join(', ')
  return `Event(s) ${names} not found. Send allowUnknownEvents: true to use events that were never sent.`
}

export async function findUnknownActions(tx: Transaction, projectId: number, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const where = { id: { in: ids.filter(isInt4) }, projectId, deleted: false }
  const found = new Set((await tx.action.findMany({ where, select: { id: true } })).map(({ id }) => id))
  return ids.filter((id) => !found.has(id))
}
