import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { ReadClient } from '../../database/client.ts'
import type { ExposureQuestion, ExposureRow, FilteredExposureQuestion } from '../../database/events/eventStore.ts'
import { Prisma } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'

type OfProject<Question> = Question & { projectId: number }

/** Selects the distinct ids of the people of exposures `x`, one more than allowed. */
const exposedSql = (max: number) => Prisma.sql`
  SELECT DISTINCT e.distinct_id FROM events e
  WHERE ${isExposingSql}
  LIMIT ${max + 1}`

const inPeriodSql = Prisma.sql`
  e.project_id = x."projectId" AND e.timestamp >= x.since AND e.timestamp <= x.until AND e.distinct_id <> ''`
const isExposingSql = Prisma.sql`
  ${inPeriodSql} AND e.event = ANY (ARRAY(SELECT jsonb_array_elements_text(x.events)))
    AND x.variants ? event_variant(e.properties, x.property, x.flag)`

const exposuresSql = (questions: readonly OfProject<ExposureQuestion>[]) => Prisma.sql`
  jsonb_to_recordset(${JSON.stringify(questions.map((question, place) => ({ ...question, place })))}::jsonb)
    AS x (
      place int, "projectId" int, events jsonb, property text, flag text, variants jsonb, since timestamptz, until timestamptz, activating jsonb,
      keys jsonb
    )`

/**
 * Selects the exposing and activating events of exposures, with the values that filters ask for: one row for all events of a person that have
 * the same ones.
 */
const valuesSql = (questions: readonly OfProject<FilteredExposureQuestion>[], max: number) => Prisma.sql`
  SELECT x.place, found.* FROM ${exposuresSql(questions)} CROSS JOIN LATERAL (
    SELECT * FROM (
      SELECT e.distinct_id AS "distinctId", false AS activates, ${keptValuesSql} AS values,
        (extract(epoch FROM min(e.timestamp)) * 1000)::float8 AS at
      FROM events e WHERE ${isExposingSql} GROUP BY 1, 3
      UNION ALL
      SELECT e.distinct_id, true, ${keptValuesSql}, (extract(epoch FROM max(e.timestamp)) * 1000)::float8
      FROM events e
      WHERE ${inPeriodSql} AND e.event = ANY (ARRAY(SELECT jsonb_array_elements_text(x.activating))) GROUP BY 1, 3
    ) AS rows LIMIT ${max + 1}
  ) AS found`
const keptValuesSql = Prisma.sql`event_values(e.properties, ARRAY(SELECT jsonb_array_elements_text(x.keys)))`

/** Counts the people of each exposure, in the order of the questions, with one statement. */
export async function countExposed(db: ReadClient, questions: readonly OfProject<ExposureQuestion>[], max: number): Promise<number[]> {
  if (questions.length === 0) return []
  const counts = await db.$queryRaw<{ place: number; exposed: number }[]>(Prisma.sql`
    SELECT x.place, (SELECT count(*) FROM (${exposedSql(max)}) AS exposed)::int AS exposed FROM ${exposuresSql(questions)}`)
  const byPlace = new Map(counts.map(({ place, exposed }) => [place, exposed]))
  return questions.map((_, place) => byPlace.get(place) ?? 0)
}

/** The distinct ids of the people of an exposure: at most one more than `max`. */
export async function readExposedPeople(db: ReadClient, question: OfProject<ExposureQuestion>, max: number): Promise<string[]> {
  const people = await db.$queryRaw<{ distinctId: string }[]>(Prisma.sql`
    SELECT exposed.distinct_id AS "distinctId" FROM ${exposuresSql([question])} CROSS JOIN LATERAL (${exposedSql(max)}) AS exposed`)
  return people.map(({ distinctId }) => distinctId)
}

/** Reads the events of each exposure, in the order of the questions, with one statement. */
export async function readExposureRows(
  db: ReadClient,
  questions: readonly OfProject<FilteredExposureQuestion>[],
  max: number,
): Promise<ExposureRow[][]> {
  if (questions.length === 0) return []
  const rows = Map.groupBy(await db.$queryRaw<(ExposureRow & { place: number })[]>(valuesSql(questions, max)), ({ place }) => place)
  return questions.map((_, place) => rows.get(place) ?? [])
}

interface Asked<Question> {
  question: OfProject<Question>
  max: number
}

/** Makes a loader of what a request asks of all its projects: one statement. */
const loaderOf = <Question, Answer>(load: (db: ReadClient, questions: readonly OfProject<Question>[], max: number) => Promise<Answer[]>) =>
  createContextCache(
    (context: Context) =>
      new DataLoader<Asked<Question>, Answer>(
        async (asked) => {
          const answers = new Map<Asked<Question>, Answer>()
          for (const [max, group] of Map.groupBy(asked, ({ max }) => max)) {
            const found = await load(
              context.db,
              group.map(({ question }) => question),
              max,
            )
            for (const [index, one] of group.entries()) answers.set(one, found[index] as Answer)
          }
          return asked.map((one) => answers.get(one) as Answer)
        },
        { cache: false },
      ),
  )

export const exposedCountLoader = loaderOf<ExposureQuestion, number>(countExposed)
export const exposureRowsLoader = loaderOf<FilteredExposureQuestion, ExposureRow[]>(readExposureRows)
