import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { RecentEvent } from '../../database/events/eventStore.ts'
import { Prisma } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'

/** How many of the newest events of each name are looked at. */
export const maxRecentEvents = 5_000

interface Question {
  projectId: number
  size: number
  maxBytes: number
}

interface EventRow extends RecentEvent {
  /** The position of the question in the batch, from 1. */
  rank: number
}

/**
 * Loads the people of the newest events of a project, the newest first, by their newest event. It looks at events of the two names that tell
 * most about who is served flags: their index holds them newest first. A constant name would also match the index of calls, which does not.
 */
const recentLoader = createContextCache(
  (context: Context) =>
    new DataLoader<Question, RecentEvent[], string>(
      async (asked) => {
        const rows = await context.db.queryRows<EventRow>(recentSql(asked))
        const byRank = Map.groupBy(rows, ({ rank }) => rank)
        return asked.map((_, index) => byRank.get(index + 1) ?? [])
      },
      { cacheKeyFn: ({ projectId, size, maxBytes }) => `${projectId} ${size} ${maxBytes}` },
    ),
)

const recentSql = (asked: readonly Question[]) => Prisma.sql`
  SELECT a.rank::int, person.distinct_id AS "distinctId", whole.properties
  FROM ROWS FROM (
    json_to_recordset(${JSON.stringify(asked)}::json) AS ("projectId" int, size int, "maxBytes" int)
  ) WITH ORDINALITY AS a ("projectId", size, "maxBytes", rank)
  CROSS JOIN LATERAL (
    SELECT one.* FROM (
      SELECT DISTINCT ON (newest.distinct_id) newest.*
      FROM unnest(ARRAY['$feature_flag_called', '$pageview']) AS name (event)
      CROSS JOIN LATERAL (
        SELECT e.distinct_id, e.id, e.timestamp FROM events e
        WHERE e.project_id = a."projectId" AND e.event = name.event
        ORDER BY e.timestamp DESC, e.id DESC LIMIT ${maxRecentEvents}
      ) AS newest
      ORDER BY newest.distinct_id, newest.timestamp DESC, newest.id DESC
    ) AS one
    ORDER BY one.timestamp DESC, one.id DESC LIMIT a.size
  ) AS person
  CROSS JOIN LATERAL (
    SELECT CASE WHEN octet_length(e.properties) <= a."maxBytes" THEN e.properties END AS properties
    FROM events e WHERE e.project_id = a."projectId" AND e.id = person.id OFFSET 0
  ) AS whole
  ORDER BY a.rank, person.timestamp DESC, person.id DESC`

/** Loads the people of the newest events of a project: at most `size`. */
export const loadRecentEvents = (context: Context, question: Question): Promise<RecentEvent[]> => recentLoader(context).load(question)
