import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { Prisma } from '../../../database/generated/client.ts'
import type { Context } from '../../../graphql/context.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'

/** How many of the newest events of each name are looked at. */
export const maxRecentEvents = 5_000
/** Larger properties are not read. In bytes. */
export const maxEventBytes = 16_384

/** A person of a recent event, with what its properties tell. */
export interface RecentPerson {
  distinctId: string
  groups: JsonObject
  personProperties: JsonObject
}

interface Question {
  projectId: number
  size: number
}

interface EventRow {
  /** The position of the question in the batch, from 1. */
  rank: number
  distinctId: string
  properties: string | null
}

/**
 * Loads the people of the newest events of a project, the newest first, by their newest event. It looks at events of the two names that tell
 * most about who is served flags: their index holds them newest first. A constant name would also match the index of calls, which does not.
 */
const recentLoader = createContextCache(
  (context: Context) =>
    new DataLoader<Question, RecentPerson[], string>(
      async (asked) => {
        const rows = await context.db.$queryRaw<EventRow[]>(recentSql(asked))
        const byRank = Map.groupBy(rows, ({ rank }) => rank)
        return asked.map((_, index) => (byRank.get(index + 1) ?? []).map(toPerson))
      },
      { cacheKeyFn: ({ projectId, size }) => `${projectId} ${size}` },
    ),
)

const recentSql = (asked: readonly Question[]) => Prisma.sql`
  SELECT a.rank::int, person.distinct_id AS "distinctId", whole.properties
  FROM ROWS FROM (
    json_to_recordset(${JSON.stringify(asked)}::json) AS ("projectId" int, size int)
  ) WITH ORDINALITY AS a ("projectId", size, rank)
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
    SELECT CASE WHEN octet_length(e.properties) <= ${maxEventBytes} THEN e.properties END AS properties
    FROM events e WHERE e.project_id = a."projectId" AND e.id = person.id OFFSET 0
  ) AS whole
  ORDER BY a.rank, person.timestamp DESC, person.id DESC`

function toPerson({ distinctId, properties }: EventRow): RecentPerson {
  const event = parseObject(properties)
  const ownOnly = Object.entries(event).filter(([key]) => key.startsWith('$') && key !== '$set' && key !== '$set_once')
  const personProperties = { ...Object.fromEntries(ownOnly), ...asObject(event.$set_once), ...asObject(event.$set) }
  return { distinctId, groups: asObject(event.$groups) ?? {}, personProperties }
}

function parseObject(text: string | null): JsonObject {
  try {
    return asObject(JSON.parse(text ?? 'null')) ?? {}
  } catch {
    return {}
  }
}

/** Loads the people of the newest events of a project: at most `size`. */
export const loadRecentPeople = (context: Context, question: Question): Promise<RecentPerson[]> => recentLoader(context).load(question)
