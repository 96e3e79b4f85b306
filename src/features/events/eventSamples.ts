import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { ReadClient } from '../../database/client.ts'
import type { EventFlagCoverage, SampleWindow } from '../../database/events/eventStore.ts'
import { Prisma } from '../../database/generated/client.ts'
import { coalesceQuery } from '../../database/queryCoalescer.ts'
import type { Context } from '../../graphql/context.ts'
import { compareCodePoints } from '../../platform/text/compareCodePoints.ts'

/** The newest events of one name in a window that includes both of its ends. */
interface EventSample extends SampleWindow {
  projectId: number
  event: string
}

/**
 * Loads all samples of a batch with one statement. The cost of a name does not depend on how many events it has, because an index holds
 * them newest first. The flags of an event were extracted when it was stored (`event_feature_flag_keys`).
 */
const sampleLoader = createContextCache(
  (context: Context) =>
    new DataLoader<string, EventFlagCoverage>(async (sampleKeys) => {
      const coverage = await coalesceQuery(context, querySamples, sampleKeys, (all) => querySamples(context.db, all))
      return sampleKeys.map((sample) => coverage.get(sample) ?? new Error(`${sample} was not sampled.`))
    }),
)

interface SampleRow extends Pick<EventFlagCoverage, 'event' | 'sampled' | 'withFeatureProperty' | 'lastSeenAt'> {
  /** The position of the sample in the batch, from 1. */
  rank: number
  /** The flag keys of each event that names any. */
  keys: string[][] | null
}

/** @param sampleKeys each an `EventSample` as JSON with times in seconds, so that equal samples of concurrent requests are queried once */
async function querySamples(
  db: { queryRows<Row>(statement: Prisma.Sql): Promise<Row[]> },
  sampleKeys: readonly string[],
): Promise<Map<string, EventFlagCoverage>> {
  // One JSON parameter: passing lists through Prisma takes longer than the statement itself.
  const list = `[${sampleKeys.join()}]`
  const rows = await db.queryRows<SampleRow>(Prisma.sql`
    SELECT a.event, a.rank::int, s.*
    FROM ROWS FROM (
      json_to_recordset(${list}::json) AS ("projectId" int, event text, "from" float8, "to" float8, size int)
    ) WITH ORDINALITY AS a ("projectId", event, "from", "to", size, rank)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS sampled, count(feature_flag_keys)::int AS "withFeatureProperty", max(timestamp) AS "lastSeenAt",
        json_agg(feature_flag_keys) FILTER (WHERE feature_flag_keys <> '{}') AS keys
      FROM (
        SELECT e.timestamp, e.feature_flag_keys
        FROM events e
        WHERE e.project_id = a."projectId" AND e.event = a.event AND e.timestamp BETWEEN to_timestamp(a."from") AND to_timestamp(a."to")
        ORDER BY e.timestamp DESC, e.id DESC
        LIMIT a.size
      ) AS newest
    ) AS s`)
  return new Map(
    rows.map(({ rank, keys, ...counts }) => {
      const featureFlagKeys = [...new Set(keys?.flat())].sort(compareCodePoints)
      return [sampleKeys[rank - 1] ?? '', { ...counts, featureFlagKeys }] as const
    }),
  )
}

/** Samples the newest events of each name with one statement, perhaps in a transaction. The results are in the order of the names. */
export async function sampleEventsIn(
  db: ReadClient,
  names: readonly string[],
  sample: Omit<EventSample, 'event'>,
): Promise<EventFlagCoverage[]> {
  if (names.length === 0) return []
  const keys = names.map((event) => toSampleKey({ ...sample, event }))
  const coverage = await querySamples({ queryRows: (statement) => db.$queryRaw(statement) }, [...new Set(keys)])
  return keys.flatMap((key) => coverage.get(key) ?? [])
}

function toSampleKey({ from, to, ...sample }: EventSample): string {
  return JSON.stringify({ ...sample, from: from.getTime() / 1_000, to: to.getTime() / 1_000 })
}

/** Samples the newest events of each name. The results are in the order of the names. */
export function sampleStoredEvents(
  context: Context,
  names: readonly string[],
  { from, to, ...sample }: Omit<EventSample, 'event'>,
): Promise<EventFlagCoverage[]> {
  // Serialized once for all names, with times as numbers: formatting dates takes longer than all the rest.
  const common = JSON.stringify({ ...sample, from: from.getTime() / 1_000, to: to.getTime() / 1_000 }).slice(0, -1)
  return Promise.all(names.map((event) => sampleLoader(context).load(`${common},"event":${JSON.stringify(event)}}`)))
}
