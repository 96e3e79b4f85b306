import type { EventFlagCoverage, EventStore, Known, SampleWindow } from '../../database/events/eventStore.ts'
import type { Project } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { createRequestBudget } from '../../graphql/requestBudget.ts'
import { type ExposureStore, storedEvents } from './storedEvents.ts'

/** The place where the events of a project are read. Whoever reads events asks here. */
export function eventStoreOf(context: Context, { id, eventSource }: Pick<Project, 'id' | 'eventSource'>): EventStore {
  return eventSource === 'posthog' ? context.upstream.eventsOf(id) : ownEventsOf(context, id)
}

/** The events of a project as this service reads them itself. Null if they are in PostHog, whose query endpoint is not asked for exposures. */
export function exposureStoreOf(context: Context, { id, eventSource }: Pick<Project, 'id' | 'eventSource'>): ExposureStore | null {
  return eventSource === 'posthog' ? null : ownEventsOf(context, id)
}

function ownEventsOf(context: Context, projectId: number): EventStore & ExposureStore {
  return context.database.eventsElsewhere?.storeOf(projectId) ?? storedEvents(context, projectId)
}

const sampledEvents = createRequestBudget(() => ({ events: 0 }))

/**
 * Samples the newest events of each name. The results are in the order of the names.
 *
 * @throws OperationTooExpensiveError when all samples of this request together might hold more events than the store allows.
 */
export function sampleEvents(
  context: Context,
  store: EventStore,
  names: readonly string[],
  window: SampleWindow,
): Promise<Known<EventFlagCoverage[]>> {
  const total = sampledEvents(context)
  total.events += names.length * window.size
  if (total.events > store.maxSampledEvents) {
    throw new OperationTooExpensiveError(
      `The request might read ${total.events} events; at most ${store.maxSampledEvents} are allowed. Use fewer event names or a smaller sampleSize.`,
    )
  }
  return store.sample(names, window)
}
