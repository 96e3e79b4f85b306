import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { Prisma } from '../../database/generated/client.ts'
import type { Db } from '../../database/open.ts'
import { coalesceQuery } from '../../database/queryCoalescer.ts'
import type { Context } from '../../graphql/context.ts'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { compareCodePoints } from '../../platform/compareCodePoints.ts'

/** The newest events of one name in a window: both of its ends count. */
export interface EventSample {
  projectId: number
  event: string
  from: Date
  to: Date
  /** How many events to look at. */
  size: number
}

/** What the events of a sample say about the flags they were tracked under. */
export interface EventFlagCoverage {
  event: string
  sampled: number
  withFeatureProperty: number
  featureFlagKeys: string[]
  lastSeenAt: Date | null
}

/**
 * Looks at the newest events of each name, as many samples as there are in one statement. Constant for a name, however many events
 * it has: the index holds them newest first. Which flags an event names was found out when it was stored (`event_feature_flag_keys`).
 */
const sampleLoader = createContextCache(
  (context: Context) =>
    new DataLoader<string, EventFlagCoverage>(async (sampleKeys) => {
      const coverage = await coalesceQuery(context, querySamples, sampleKeys, (all) => querySamples(context.db, all))
      return sampleKeys.map((sample) => coverage.get(sample) ?? new Error(`${sample} was not sampled.`))
    }),
)

interface SampleRow extends Pick<EventFlagCoverage, 'event' | 'sampled' | 'withFeatureProperty' | 'lastSeenAt'> {
  /** Which of the samples, from 1. */
  rank: number
  /** Of each event that names any. */
  keys: string[][] | null
}

/** @param sampleKeys each a `Sample` in JSON: the same is looked at once, whoever asks */
async function querySamples(db: Db, sampleKeys: readonly string[]): Promise<Map<string, EventFlagCoverage>> {
  // As one text: lists of parameters cost more on their way through Prisma than the statement takes.
  const list = `[${sampleKeys.join()}]`
  const rows = await db.$queryRaw<SampleRow[]>(Prisma.sql`
    SELECT a.event, a.rank::int, s.*
    FROM ROWS FROM (
      json_to_recordset(${list}::json) AS ("projectId" int, event text, "from" timestamptz, "to" timestamptz, size int)
    ) WITH ORDINALITY AS a ("projectId", event, "from", "to", size, rank)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS sampled, count(feature_flag_keys)::int AS "withFeatureProperty", max(timestamp) AS "lastSeenAt",
        json_agg(feature_flag_keys) FILTER (WHERE feature_flag_keys <> '{}') AS keys
      FROM (
        SELECT e.timestamp, e.feature_flag_keys
        FROM events e
        WHERE e.project_id = a."projectId" AND e.event = a.event AND e.timestamp BETWEEN a."from" AND a."to"
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

/** How many events the samples of one request may hold at most: 500 names, 1,000 events of each, twice. */
const maxSampledEvents = 1_000_000
const sampledEvents = createContextCache((_context: Context) => ({ events: 0 }))

/**
 * What the newest events of some names say, in the order of the names.
 *
 * @throws OperationTooExpensiveError when the samples of this request, all together, might hold more events than a request may read.
 */
export function sampleEvents(context: Context, names: readonly string[], sample: Omit<EventSample, 'event'>): Promise<EventFlagCoverage[]> {
  const total = sampledEvents(context)
  total.events += names.length * sample.size
  if (total.events > maxSampledEvents) {
    throw new OperationTooExpensiveError(
      `The operation might look at ${total.events} events; at most ${maxSampledEvents} are allowed. Ask for fewer event names or a smaller sampleSize.`,
    )
  }
  // Written once for all names: dates take longer than all the rest.
  const common = JSON.stringify(sample).slice(0, -1)
  return Promise.all(names.map((event) => sampleLoader(context).load(`${common},"event":${JSON.stringify(event)}}`)))
}
