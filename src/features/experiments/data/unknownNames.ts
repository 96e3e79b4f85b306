import type { Transaction } from '../../../database/client.ts'
import type { PlanningEventStore } from '../../../database/events/eventStore.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { findUnknownActions, unknownActionsText, unknownEventsText } from '../../metrics/data/unknownNames.ts'
import { getReferencedNames } from '../../metrics/rules/metricRules.ts'

/**
 * Returns errors for the events and actions in metrics that the project does not have. The metrics must be valid.
 *
 * @param store where the names of events are looked up. Null: events that were never sent are accepted.
 */
export async function validateMetricNames(
  tx: Transaction,
  projectId: number,
  values: { metrics?: readonly unknown[]; metricsSecondary?: readonly unknown[] },
  store: Pick<PlanningEventStore, 'unknownNames'> | null,
): Promise<FieldError[]> {
  const fieldErrors: FieldError[] = []
  for (const field of ['metrics', 'metricsSecondary'] as const) {
    const { events, actionIds } = getReferencedNames(values[field] ?? [])
    const unknownActions = await findUnknownActions(tx, projectId, actionIds)
    const unknownEvents = (await store?.unknownNames(events)) ?? []
    const notFound = (message: string) => fieldErrors.push(fieldError([field], message, 'does_not_exist'))
    if (unknownActions.length > 0) notFound(unknownActionsText(unknownActions))
    if (unknownEvents.length > 0) notFound(unknownEventsText(unknownEvents))
  }
  return fieldErrors
}
