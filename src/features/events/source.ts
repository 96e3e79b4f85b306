import type { EventSourceName } from '../../database/events/eventStore.ts'

/** What answers say of their events. */
export interface Sourced {
  source: EventSourceName
  asOf: Date
}

export const sourceText =
  'Where the events were read: `events` are those that are stored here, `clickhouse` are those of the ClickHouse that the service is ' +
  'configured with, `posthog` are those of the PostHog that the project is linked to, by its query endpoint.'
