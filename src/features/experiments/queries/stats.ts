import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { Prisma, type Project } from '../../../database/generated/client.ts'
import type { Db } from '../../../database/open.ts'
import { coalesceQuery } from '../../../database/queryCoalescer.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { startOfDay } from '../../../platform/localDays.ts'
import { projectField } from '../../projects/projectField.ts'
import { percentChange } from '../rules/percentChange.ts'

interface Counters {
  launchedLast30d: number
  launchedPrevious30d: number
  activeExperiments: number
  completedLast30d: number
}

const ExperimentStats = builder.objectRef<Counters>('ExperimentStats').implement({
  description:
    'How fast a project experiments. Deleted and archived experiments do not count. Days begin and end at midnight in the time zone of the ' +
    'project. As in the REST API, the last window has 31 calendar days, today included, and the one before it 30. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    launchedLast30d: t.exposeInt('launchedLast30d', {
      description: 'Experiments whose start date is in the last window: from the midnight 30 days ago to the end of today.',
    }),
    launchedPrevious30d: t.exposeInt('launchedPrevious30d', {
      description: 'Experiments whose start date is in the window before: from the midnight 60 days ago to the midnight 30 days ago.',
    }),
    percentChange: t.float({
      description:
        'From the window before to the last one, in per cent with one decimal, exact halves to the even digit; negative when fewer were ' +
        'launched. 100.0 when none were launched before and some since, 0.0 when none were launched at all.',
      resolve: ({ launchedLast30d, launchedPrevious30d }) => percentChange(launchedLast30d, launchedPrevious30d),
    }),
    activeExperiments: t.exposeInt('activeExperiments', {
      description: 'Experiments with a start date and no end date; paused ones, and those that start later, count.',
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
 * A project, and where its windows begin and end: its number, then the midnights 60 and 30 days ago and the next one. As text, so that what
 * several requests ask of one project on one day is counted once.
 */
function getWindowKey({ id, timezone }: Project, now: Date): string {
  return [id, ...[-60, -30, 1].map((offset) => startOfDay(now, timezone, offset).toISOString())].join(' ')
}

// One statement for all counters of every project that is asked about, each counter a range of one index; Prisma would take four
// statements a project.
async function countExperiments(db: Db, windows: readonly string[]): Promise<Map<string | undefined, Counters>> {
  const parts = windows.map((text) => text.split(' '))
  const column = (index: number) => parts.map((part) => part[index])
  const countedSql = Prisma.sql`FROM experiments e WHERE e.project_id = p.id AND NOT e.deleted AND NOT e.archived`
  const rows = await db.$queryRaw<(Counters & { rank: number })[]>(Prisma.sql`
    SELECT p.rank::int,
      (SELECT count(*) ${countedSql} AND e.start_date >= p.last AND e.start_date < p.tomorrow)::int AS "launchedLast30d",
      (SELECT count(*) ${countedSql} AND e.start_date >= p.previous AND e.start_date < p.last)::int AS "launchedPrevious30d",
      (SELECT count(*) ${countedSql} AND e.start_date IS NOT NULL AND e.end_date IS NULL)::int AS "activeExperiments",
      (SELECT count(*) ${countedSql} AND e.end_date >= p.last AND e.end_date < p.tomorrow)::int AS "completedLast30d"
    FROM unnest(
      ${column(0)}::int[], ${column(1)}::timestamptz[], ${column(2)}::timestamptz[], ${column(3)}::timestamptz[]
    ) WITH ORDINALITY AS p (id, previous, last, tomorrow, rank)`)
  return new Map(rows.map(({ rank, ...counters }) => [windows[rank - 1], counters]))
}

projectField(
  { root: 'stats', onProject: 'experimentStats' },
  {
    type: ExperimentStats,
    scope: 'experiment:read',
    description: 'How fast the project experiments: what was launched, completed and is under way, at the moment of the request.',
    args: {},
    complexity: () => ({ field: 5 }),
    resolve: (project, _args, context) => countersLoader(context).load(project),
  },
)
