import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { Prisma, type Project } from '../../../database/generated/client.ts'
import { coalesceQuery } from '../../../database/queryCoalescer.ts'
import { anyLengthSql } from '../../../database/sql.ts'
import type { RowReader } from '../../../database/statements/rowReader.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { formatTimestamp } from '../../../platform/text/formatTimestamp.ts'
import { projectField } from '../../projects/projectField.ts'
import { startOfDay } from '../../projects/rules/localDays.ts'
import { percentChange } from '../rules/percentChange.ts'

type Counters = Record<'launchedLast30d' | 'launchedPrevious30d' | 'activeExperiments' | 'completedLast30d', number>

const ExperimentStats = builder.objectRef<Counters>('ExperimentStats').implement({
  description:
    'Counts of the experiments of a project. Deleted and archived experiments do not count. Days begin and end at midnight in the time ' +
    'zone of the project. As in the REST API, the last window has 31 calendar days, including today, and the previous window has 30. ' +
    'Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    launchedLast30d: t.exposeInt('launchedLast30d', {
      description: 'Experiments whose start date is in the last window: from the midnight 30 days ago to the end of today.',
    }),
    launchedPrevious30d: t.exposeInt('launchedPrevious30d', {
      description: 'Experiments whose start date is in the previous window: from the midnight 60 days ago to the midnight 30 days ago.',
    }),
    percentChange: t.float({
      description:
        'The change of launches from the previous window to the last one, in percent, negative when there were fewer. One decimal; exact ' +
        'halves round to the even digit. 100.0 when only the last window has launches, 0.0 when neither has.',
      resolve: ({ launchedLast30d, launchedPrevious30d }) => percentChange(launchedLast30d, launchedPrevious30d),
    }),
    activeExperiments: t.exposeInt('activeExperiments', {
      description: 'Experiments with a start date and no end date. Paused ones count, and those with a start date in the future.',
    }),
    completedLast30d: t.exposeInt('completedLast30d', { description: 'Experiments whose end date is in the last window.' }),
  }),
})

const countersLoader = createContextCache(
  (context: Context) =>
    new DataLoader<Project, Counters, number>(
      async (projects) => {
        const windowKeys = projects.map((project) => getWindowKey(project, context.now))
        const countersByWindow = await coalesceQuery(context, countExperiments, windowKeys, (all) => countExperiments(context.db, all))
        return windowKeys.map((windows) => countersByWindow.get(windows) ?? new Error(`The windows ${windows} were not counted.`))
      },
      { cacheKeyFn: ({ id }) => id },
    ),
)

/**
 * The id of a project, and the limits of its windows: the midnights 60 and 30 days ago, and the next one. A text, so that concurrent
 * requests for the same project and day share one count.
 */
function getWindowKey({ id, timezone }: Project, now: Date): string {
  return [id, ...[-60, -30, 1].map((offset) => formatTimestamp(startOfDay(now, timezone, offset)))].join(' ')
}

// One statement for all counters of all projects. Each counter reads one range of an index. Prisma would send four statements per
// project.
async function countExperiments(db: RowReader, windows: readonly string[]): Promise<Map<string | undefined, Counters>> {
  const parts = windows.map((text) => text.split(' '))
  const column = (index: number) => parts.map((part) => part[index])
  const countedSql = Prisma.sql`FROM experiments e WHERE e.project_id = p.id AND NOT e.deleted AND NOT e.archived`
  const rows = await db.queryRows<Counters & { rank: number }>(Prisma.sql`
    SELECT p.rank::int,
      (SELECT count(*) ${countedSql} AND e.start_date >= p.last AND e.start_date < p.tomorrow)::int AS "launchedLast30d",
      (SELECT count(*) ${countedSql} AND e.start_date >= p.previous AND e.start_date < p.last)::int AS "launchedPrevious30d",
      (SELECT count(*) ${countedSql} AND e.start_date IS NOT NULL AND e.end_date IS NULL)::int AS "activeExperiments",
      (SELECT count(*) ${countedSql} AND e.end_date >= p.last AND e.end_date < p.tomorrow)::int AS "completedLast30d"
    FROM unnest(
      ${anyLengthSql(column(0), 'int')}, ${anyLengthSql(column(1), 'timestamptz')}, ${anyLengthSql(column(2), 'timestamptz')}, ${anyLengthSql(column(3), 'timestamptz')}
    ) WITH ORDINALITY AS p (id, previous, last, tomorrow, rank)`)
  return new Map(rows.map(({ rank, ...counters }) => [windows[rank - 1], counters]))
}

projectField(
  { root: 'stats', onProject: 'experimentStats' },
  {
    type: ExperimentStats,
    scope: 'experiment:read',
    description: 'How many experiments of the project were launched, are active and were completed, at the moment of the request.',
    args: {},
    cost: 5,
    resolve: (project, _args, context) => countersLoader(context).load(project),
  },
)
