import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { z } from 'zod'
import { Prisma } from '../../../database/generated/client.ts'
import { coalesceQuery } from '../../../database/queryCoalescer.ts'
import { anyLengthSql } from '../../../database/sql.ts'
import type { RowReader } from '../../../database/statements/rowReader.ts'
import { requiresScopeText } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { formatTimestamp } from '../../../platform/text/formatTimestamp.ts'
import { Project } from '../../projects/Project.ts'
import { startsOfMonths } from '../../projects/rules/localDays.ts'
import { inPeriodSql } from '../data/experimentSql.ts'

const defaultMonths = 12
const maxMonths = 24

interface MonthCounts {
  launched: number
  completed: number
}

const ExperimentMonth = builder.objectRef<MonthCounts & { month: string }>('ExperimentMonth').implement({
  description: 'How many experiments of a project were launched and completed in a month. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    month: t.expose('month', { type: 'Date', description: 'The first day of the month, in the time zone of the project.' }),
    launched: t.exposeInt('launched', { description: 'Experiments whose start date is in the month, archived or not.' }),
    completed: t.exposeInt('completed', { description: 'Experiments whose end date is in the month, archived or not.' }),
  }),
})

// A text, so that concurrent requests for the same project and months share one count.
const countsLoader = createContextCache(
  (context: Context) =>
    new DataLoader<string, MonthCounts[]>(async (keys) => {
      const counts = await coalesceQuery(context, countMonths, [...keys], (all) => countMonths(context.db, all))
      return keys.map((key) => counts.get(key) ?? new Error(`The months ${key} were not counted.`))
    }),
)

/**
 * Counts what each month of each key has. One statement, in which each count reads one range of an index.
 *
 * @param keys the id of a project, then the starts of its months, and the end of the last one
 */
async function countMonths(db: RowReader, keys: readonly string[]): Promise<Map<string | undefined, MonthCounts[]>> {
  const months = keys.flatMap((key) => {
    const [id, ...starts] = key.split(' ')
    return starts.slice(1).map((until, index) => ({ key, id, from: starts[index], until }))
  })
  const column = (name: 'id' | 'from' | 'until') => months.map((month) => month[name])
  const count = (time: 'START_DATE' | 'END_DATE', column: Prisma.Sql) => {
    // Archived ones are counted apart: the indexes of the two differ.
    const liveSql = Prisma.sql`NOT e.archived AND ${column} >= m.since AND ${column} < m.until`
    const archivedSql = Prisma.join([Prisma.sql`e.archived`, ...inPeriodSql(time, Prisma.sql`m.since`, Prisma.sql`m.until`)], ' AND ')
    const countSql = (condition: Prisma.Sql) =>
      Prisma.sql`(SELECT count(*) FROM experiments e WHERE e.project_id = m.id AND NOT e.deleted AND ${condition})`
    return Prisma.sql`(${countSql(liveSql)} + ${countSql(archivedSql)})::int`
  }
  const rows = await db.queryRows<MonthCounts & { rank: number }>(Prisma.sql`
    SELECT m.rank::int, ${count('START_DATE', Prisma.sql`e.start_date`)} AS launched, ${count('END_DATE', Prisma.sql`e.end_date`)} AS completed
    FROM unnest(${anyLengthSql(column('id'), 'int')}, ${anyLengthSql(column('from'), 'timestamptz')}, ${anyLengthSql(column('until'), 'timestamptz')}) WITH ORDINALITY AS m (id, since, until, rank)
    ORDER BY m.rank`)
  const byKey = Map.groupBy(rows, ({ rank }) => months[rank - 1]?.key)
  return new Map([...byKey].map(([key, counts]) => [key, counts.map(({ rank: _, ...rest }) => rest)]))
}

builder.objectField(Project, 'experimentHistory', (t) =>
  t.field({
    type: [ExperimentMonth],
    nullable: true,
    description:
      'How many experiments were launched and completed in each of the last calendar months, the oldest first and the current one last. No ' +
      'month is left out. Deleted experiments do not count, archived ones do. Months begin and end at midnight in the time zone of the ' +
      `project.\n\n${requiresScopeText('experiment:read')}`,
    args: {
      months: t.arg.int({
        description: `How many months: 1 to ${maxMonths}, ${defaultMonths} by default.`,
        validate: z.int().min(1, `must be between 1 and ${maxMonths}.`).max(maxMonths, `must be between 1 and ${maxMonths}.`).nullish(),
      }),
    },
    authScopes: { scope: 'experiment:read' },
    cost: 5,
    listSize: { assumedSize: defaultMonths, slicingArguments: ['months'], requireOneSlicingArgument: false },
    resolve: async ({ id, timezone }, { months }, context) => {
      const starts = startsOfMonths(context.now, timezone, months ?? defaultMonths)
      const counts = await countsLoader(context).load([id, ...starts.map(({ start }) => formatTimestamp(start))].join(' '))
      return counts.map((count, index) => ({ month: starts[index]?.date ?? '', ...count }))
    },
  }),
)
