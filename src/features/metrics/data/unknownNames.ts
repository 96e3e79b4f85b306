import type { Transaction } from '../../../database/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import type { Reference } from '../rules/metricInput.ts'

/**
 * Returns an error for each event and action that an input names and the project does not have.
 *
 * @param allowUnknownEvents whether to accept events that were never sent
 */
export async function validateReferences(
  tx: Transaction,
  projectId: number,
  references: readonly Reference[],
  allowUnknownEvents: boolean,
): Promise<FieldError[]> {
  const events = allowUnknownEvents ? [] : references.flatMap((found) => ('event' in found ? [found.event] : []))
  const actionIds = references.flatMap((found) => ('actionId' in found ? [found.actionId] : []))
  const unknownActions = new Set(await findUnknownActions(tx, projectId, [...new Set(actionIds)]))
  const unknownEvents = new Set(await findUnknownEvents(tx, projectId, [...new Set(events)]))
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

/** Of a project whose events are in PostHog, none are unknown: PostHog checks the names itself when it gets the write. */
export async function findUnknownEvents(tx: Transaction, projectId: number, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const unknown = await tx.$queryRaw<{ event: string }[]>`
    SELECT n.event FROM unnest(${[...names]}::text[]) AS n (event)
    WHERE NOT EXISTS (SELECT FROM events e WHERE e.project_id = ${projectId}::int AND e.event = n.event)
      AND NOT EXISTS (SELECT FROM projects p WHERE p.id = ${projectId}::int AND p.event_source = 'posthog')`
  return unknown.map(({ event }) => event)
}
