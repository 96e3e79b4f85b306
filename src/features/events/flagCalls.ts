import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { FlagCalls } from '../../database/events/eventStore.ts'
import { Prisma } from '../../database/generated/client.ts'
import { coalesceQuery } from '../../database/queryCoalescer.ts'
import type { RowReader } from '../../database/statements/rowReader.ts'
import type { Context } from '../../graphql/context.ts'
import { coalescedLoaderByParent } from '../../graphql/dataLoaders.ts'

/** A flag, and the starts of the days in which its calls are counted, in milliseconds. The last one is the end of the last day. */
interface StoredCallQuestion {
  projectId: number
  key: string
  days: number[]
}

/** How many calls of one flag are counted at most. */
export const maxCalls = 100_000

/** The loader of the calls of flags. It takes a `StoredCallQuestion` as JSON, so that equal ones of concurrent requests are asked once. */
const callsLoader = createContextCache(
  (context: Context) =>
    new DataLoader<string, FlagCalls>(async (asked) => {
      const answers = await coalesceQuery(context, queryCalls, asked, (all) => queryCalls(context.db, all))
      return asked.map((question) => answers.get(question) ?? { calls: 0, persons: 0, days: [] })
    }),
)

/** Counts the calls of a flag. Reads one call more than `maxCalls`, and no further. */
export const loadFlagCalls = (context: Context, question: StoredCallQuestion): Promise<FlagCalls> =>
  callsLoader(context).load(JSON.stringify(question))

interface CallsRow {
  calls: number
  persons: number
  /** The position of the question in the batch, from 1. */
  rank: number
  isTotal: boolean
  /** The day, from 1. */
  day: number
  answer: string | null
}

async function queryCalls(db: RowReader, asked: readonly string[]): Promise<Map<string, FlagCalls>> {
  const rows = await db.queryRows<CallsRow>(Prisma.sql`
    SELECT a.rank::int, c.*
    FROM ROWS FROM (
      json_to_recordset(${`[${asked.join()}]`}::json) AS ("projectId" int, key text, days json)
    ) WITH ORDINALITY AS a ("projectId", key, days, rank)
    CROSS JOIN LATERAL (SELECT array_agg(day::float8 ORDER BY day::float8) AS starts FROM json_array_elements_text(a.days) AS day) AS d
    CROSS JOIN LATERAL (
      SELECT grouping(day) = 1 AS "isTotal", day, answer, count(*)::int AS calls, count(DISTINCT distinct_id)::int AS persons
      FROM (
        SELECT width_bucket(extract(epoch FROM e.timestamp)::float8 * 1000, d.starts) AS day, e.distinct_id,
          called_flag_property(e.properties, '$feature_flag_response') AS answer
        FROM events e
        WHERE e.project_id = a."projectId" AND e.event = '$feature_flag_called'
          AND called_flag_property(e.properties, '$feature_flag') = a.key
          AND e.timestamp >= to_timestamp(d.starts[1] / 1000)
          AND e.timestamp < to_timestamp(d.starts[array_length(d.starts, 1)] / 1000)
        ORDER BY e.timestamp DESC, e.id DESC
        LIMIT ${maxCalls + 1}
      ) AS calls
      GROUP BY GROUPING SETS ((), (day, answer))
    ) AS c
    ORDER BY a.rank, c.day, c.calls DESC, c.answer COLLATE "C"`)
  return new Map(
    [...Map.groupBy(rows, ({ rank }) => rank)].map(([rank, counts]) => {
      const total = counts.find(({ isTotal }) => isTotal)
      const days = counts
        .filter(({ isTotal }) => !isTotal)
        .map(({ day, answer, calls, persons }) => ({ day: day - 1, answer, calls, persons }))
      return [asked[rank - 1] ?? '', { calls: total?.calls ?? 0, persons: total?.persons ?? 0, days }] as const
    }),
  )
}

const newestCallLoader = coalescedLoaderByParent<{ parentId: number; at: Date | null }>(
  (_context, projectIds) => Prisma.sql`
    SELECT p.id AS "parentId", (
      SELECT e.timestamp FROM events e WHERE e.project_id = p.id AND e.event = '$feature_flag_called'
      ORDER BY e.timestamp DESC, e.id DESC LIMIT 1
    ) AS at
    FROM unnest(${projectIds}::int[]) AS p (id)`,
)

/** When any flag of a project was last called, as far as events tell. Null without such an event. */
export async function loadNewestCall(context: Context, projectId: number): Promise<Date | null> {
  return (await newestCallLoader(context).load(projectId))[0]?.at ?? null
}
