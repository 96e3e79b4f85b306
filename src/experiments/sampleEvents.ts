import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Context } from '../context.ts'
import type { Db } from '../db/database.ts'
import { Prisma } from '../db/generated/client.ts'
import { askTogether } from '../db/together.ts'
import { OperationTooExpensiveError } from '../errors/refusals.ts'

/** The newest events of one name in a window: both of its ends count. */
export interface Sample {
  projectId: number
  event: string
  from: Date
  to: Date
  /** How many events to look at. */
  size: number
}

/** What the events of a sample say about the flags they were tracked under. */
export interface Coverage {
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
const samples = createContextCache(
  (context: Context) =>
    new DataLoader<Sample, Coverage, string>(
      async (wanted) => {
        const answer = await askTogether(context.db, readSamples, wanted, (all) => readSamples(context.db, all))
        return wanted.map((sample) => answer.get(sample) ?? new Error(`The events '${sample.event}' were not sampled.`))
      },
      { cacheKeyFn: ({ projectId, event, size }) => JSON.stringify([projectId, event, size]) },
    ),
)

async function readSamples(db: Db, wanted: readonly Sample[]): Promise<Map<Sample | undefined, Coverage>> {
  const rows = await db.$queryRaw<(Coverage & { rank: bigint })[]>(Prisma.sql`
    SELECT a.rank, a.event, s.*
    FROM unnest(
      ${wanted.map(({ projectId }) => projectId)}::int[], ${wanted.map(({ event }) => event)}::text[],
      ${wanted.map(({ from }) => from)}::timestamptz[], ${wanted.map(({ to }) => to)}::timestamptz[], ${wanted.map(({ size }) => size)}::int[]
    ) WITH ORDINALITY AS a (project_id, event, since, until, size, rank)
    CROSS JOIN LATERAL (
      WITH newest AS (
        SELECT e.timestamp, e.feature_flag_keys
        FROM events e
        WHERE e.project_id = a.project_id AND e.event = a.event AND e.timestamp BETWEEN a.since AND a.until
        ORDER BY e.timestamp DESC, e.id DESC
        LIMIT a.size
      )
      SELECT
        (SELECT count(*) FROM newest)::int AS sampled,
        (SELECT count(feature_flag_keys) FROM newest)::int AS "withFeatureProperty",
        ARRAY(SELECT DISTINCT key COLLATE "C" FROM newest, unnest(feature_flag_keys) AS key ORDER BY 1) AS "featureFlagKeys",
        (SELECT max(timestamp) FROM newest) AS "lastSeenAt"
    ) AS s`)
  return new Map(rows.map(({ rank, ...coverage }) => [wanted[Number(rank) - 1], coverage]))
}

/** How many events the samples of one request may hold at most: 500 names, 1,000 events of each, twice. */
const maxEvents = 1_000_000
const asked = createContextCache((_context: Context) => ({ events: 0 }))

/**
 * What the newest events of some names say, in the order of the names.
 *
 * @throws OperationTooExpensiveError when the samples of this request, all together, might hold more events than a request may read.
 */
export function sampleEvents(context: Context, names: readonly string[], sample: Omit<Sample, 'event'>): Promise<Coverage[]> {
  const total = asked(context)
  total.events += names.length * sample.size
  if (total.events > maxEvents) {
    throw new OperationTooExpensiveError(
      `The operation might look at ${total.events} events; at most ${maxEvents} are allowed. Ask for fewer event names or a smaller sampleSize.`,
    )
  }
  return Promise.all(names.map((event) => samples(context).load({ ...sample, event })))
}
