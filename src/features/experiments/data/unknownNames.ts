import type { Transaction } from '../../../database/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { findUnknownActions, findUnknownEvents, unknownActionsText, unknownEventsText } from '../../metrics/data/unknownNames.ts'
import { getReferencedNames } from '../../metrics/rules/metricRules.ts'

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
    const notFound = (message: string) => fieldErrors.push(fieldError([field], message, 'does_not_exist'))
    if (unknownActions.length > 0) notFound(unknownActionsText(unknownActions))
    if (unknownEvents.length > 0) notFound(unknownEventsText(unknownEvents))
  }
  return fieldErrors
}
