import type { TestClickHouse } from './startClickHouse.ts'

/** The table of events of PostHog, without what ClickHouse alone needs to build it: its codecs, shards and materialized columns. */
export const postHogTable = (name = 'events') => `
CREATE TABLE ${name} (
  uuid UUID,
  event String,
  properties String,
  timestamp DateTime64(6, 'UTC'),
  team_id Int64,
  distinct_id String,
  elements_chain String,
  created_at DateTime64(6, 'UTC'),
  person_id UUID,
  person_created_at DateTime64(3, 'UTC'),
  person_properties String,
  person_mode Enum8('full' = 0, 'propertyless' = 1, 'force_upgrade' = 2),
  _timestamp DateTime,
  _offset UInt64
) ENGINE = ReplacingMergeTree(_timestamp)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (team_id, toDate(timestamp), event, cityHash64(distinct_id), cityHash64(uuid))`

/** An event of a project. */
export interface EventRow {
  projectId: number
  id: string
  event: string
  timestamp: Date
  distinctId: string
  properties: string
}

/** Puts events into a table of PostHog's layout. */
export async function insertEvents(clickHouse: TestClickHouse, rows: readonly EventRow[], table = 'events'): Promise<void> {
  await clickHouse.insert(
    table,
    rows.map(({ projectId, id, event, timestamp, distinctId, properties }) => ({
      ...{ team_id: projectId, uuid: id, event, properties, distinct_id: distinctId },
      timestamp: timestamp.toISOString().replace('T', ' ').replace('Z', ''),
    })),
  )
}
