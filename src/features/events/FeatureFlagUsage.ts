import { z } from 'zod'
import { builder } from '../../graphql/builder.ts'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { projectLoader } from '../projects/Project.ts'
import { dayIn, startOfDay } from '../projects/rules/localDays.ts'
import { eventStoreOf } from './eventStoreOf.ts'
import { maxCalls } from './flagCalls.ts'
import { loadCalls } from './loadCalls.ts'
import { type Sourced, sourceText } from './source.ts'

const maxDays = 90
const defaultDays = 30

interface UsageDayRow {
  day: string
  answer: string
  calls: number
  persons: number
}

const UsageDay = builder.objectRef<UsageDayRow>('UsageDay').implement({
  description: 'The calls of a flag on one day that got one answer. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    day: t.expose('day', { type: 'Date', description: 'The day, in the time zone of the project.' }),
    answer: t.exposeString('answer', {
      description:
        'What the flag returned: `true`, `false` or the key of a variant. Empty when it is not known, and on a day without calls.',
    }),
    calls: t.exposeInt('calls', { description: 'How many times the flag returned the answer.' }),
    persons: t.exposeInt('persons', { description: 'How many people got the answer: distinct ids.' }),
  }),
})

interface Usage extends Sourced {
  calls: number
  persons: number
  days: UsageDayRow[]
}

const FeatureFlagUsage = builder.objectRef<Usage>('FeatureFlagUsage').implement({
  description: 'How much applications call a flag. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    asOf: t.expose('asOf', {
      type: 'DateTime',
      description:
        'Until when calls are known. Of `events` and `clickhouse`: the time of the newest event `$feature_flag_called` of the project. Of `posthog`: when ' +
        'PostHog was asked, at most a minute ago.',
    }),
    source: t.exposeString('source', { description: sourceText }),
    calls: t.exposeInt('calls', { description: 'How many times the flag was called in these days.' }),
    persons: t.exposeInt('persons', { description: 'For how many people the flag was called in these days: distinct ids.' }),
    days: t.field({
      type: [UsageDay],
      listSize: { assumedSize: maxDays },
      description:
        'The calls by day and answer, the earliest day first, and the most frequent answer of a day first. No day is left out: a day ' +
        'without calls has one entry.',
      resolve: ({ days }) => days,
    }),
  }),
})

builder.objectField(FeatureFlag, 'usage', (t) =>
  t.field({
    type: FeatureFlagUsage,
    nullable: true,
    // It reads the calls of the flag, of each day.
    cost: 10,
    extensions: { perUnit: { argument: 'days', weight: 5, default: defaultDays, max: maxDays } },
    listSize: { assumedSize: defaultDays, slicingArguments: ['days'], sizedFields: ['days'], requireOneSlicingArgument: false },
    description:
      'How much applications called the flag in the last days, today included. Days begin at midnight in the time zone of the project. Null ' +
      `when nothing is known: no event \`$feature_flag_called\` of the project is stored, and its events are not in PostHog. \`OPERATION_TOO_EXPENSIVE\` when the flag has more ` +
      `than ${maxCalls} calls in these days, of those that are stored here: ask for fewer. \`SERVICE_UNAVAILABLE\` when the calls are in ClickHouse, and it ` +
      `cannot be reached. \`UPSTREAM_UNAVAILABLE\` when the calls are in PostHog, and it does not tell them.`,
    args: {
      days: t.arg.int({
        description: `How many days: 1 to ${maxDays}. The default is ${defaultDays}. Each costs 5 points.`,
        validate: z.int().min(1, `must be between 1 and ${maxDays}.`).max(maxDays, `must be between 1 and ${maxDays}.`).nullish(),
      }),
    },
    select: ['projectId', 'key'],
    resolve: async ({ projectId, key }, args, context) => {
      const project = await projectLoader(context).load(projectId)
      if (project === null) return null
      const count = args.days ?? defaultDays
      const places = Array.from({ length: count + 1 }, (_, place) => place - count + 1)
      const starts = places.map((offset) => startOfDay(context.now, project.timezone, offset))
      const store = eventStoreOf(context, project)
      const known = await loadCalls(context, project, { key, starts: starts.map((start) => start.getTime()) })
      if (known === null) return null
      const { asOf, value: usage } = known
      if (usage.calls > store.maxCalls) {
        throw new OperationTooExpensiveError(
          `The flag '${key}' has more than ${store.maxCalls} calls in ${count} days, which are too many to count. Ask for fewer days.`,
        )
      }
      const byDay = Map.groupBy(usage.days, ({ day }) => day)
      const days = starts.slice(0, count).flatMap((start, place) => {
        const day = dayIn(start, project.timezone)
        const found = byDay.get(place) ?? [{ answer: null, calls: 0, persons: 0 }]
        return found.map(({ answer, calls, persons }) => ({ day, answer: answer ?? '', calls, persons }))
      })
      return { source: store.source, asOf, calls: usage.calls, persons: usage.persons, days }
    },
  }),
)
