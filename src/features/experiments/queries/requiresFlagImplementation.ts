import { z } from 'zod'
import type { EventFlagCoverage } from '../../../database/events/eventStore.ts'
import type { Action } from '../../../database/generated/client.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { loaderById } from '../../../graphql/dataLoaders.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { shortListSize } from '../../../graphql/listSizes.ts'
import { decodeGlobalId, integerIdPattern } from '../../../platform/globalId.ts'
import { eventsFromActionSteps } from '../../events/eventNames.ts'
import { eventStoreOf, sampleEvents } from '../../events/eventStoreOf.ts'
import { type Sourced, sourceText } from '../../events/source.ts'
import { projectField } from '../../projects/projectField.ts'
import { startOfDay } from '../../projects/rules/localDays.ts'
import { lacksFlagProperty } from '../rules/launchChecks.ts'

const defaultSampleSize = 20

interface ImplementationCheck extends Sourced {
  windowStart: Date
  windowEnd: Date
  events: EventFlagCoverage[]
}

const EventFlagCoverageType = builder.objectRef<EventFlagCoverage>('EventFlagCoverage').implement({
  description: 'The flags that the newest events of one name carry, within the window. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    event: t.exposeString('event', { description: 'The name of the events.' }),
    sampled: t.exposeInt('sampled', { description: 'The number of events in the sample: `sampleSize`, or all when there are fewer.' }),
    withFeatureProperty: t.exposeInt('withFeatureProperty', {
      description:
        'How many of those have a `$feature/…` property, whatever its value, at the top level of their properties. If the properties are ' +
        'not valid JSON, it can be anywhere in the text.',
    }),
    featureFlagKeys: t.exposeStringList('featureFlagKeys', {
      description: 'The keys of the flags that these properties name, ordered by code point.',
    }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the newest event was sent. Null when there is none.',
    }),
  }),
})

const FlagImplementationCheck = builder.objectRef<ImplementationCheck>('FlagImplementationCheck').implement({
  description: 'Whether tracked events carry a flag, with the evidence. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    required: t.boolean({
      description:
        'True is a warning: no event of the sample has a `$feature/…` property, so the flag does not seem to be implemented where these ' +
        'events are tracked. Also true when the sample is empty. The REST API calls it `result`.',
      resolve: ({ events }) => lacksFlagProperty(events),
    }),
    windowStart: t.expose('windowStart', {
      type: 'DateTime',
      description: 'The start of the window: midnight seven days ago, in the time zone of the project.',
    }),
    windowEnd: t.expose('windowEnd', { type: 'DateTime', description: 'The end of the window: the moment of the request.' }),
    source: t.exposeString('source', { description: sourceText }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      description: 'Until when events are known: the moment of the request, or when PostHog was asked, at most a minute before.',
    }),
    events: t.expose('events', {
      type: [EventFlagCoverageType],
      listSize: shortListSize,
      description:
        'The evidence, one entry per event name. The names of `events` come first, then those of the actions, even with an empty sample. ' +
        'If any event counts, every other name with events in the window follows.',
    }),
  }),
})

const actionLoader = loaderById((context, ids) => context.db.action.findMany({ where: { id: { in: ids }, deleted: false } }))

/**
 * The actions of a project, by number or global id. A deleted action does not exist.
 *
 * @throws BadUserInputError with the reference's text, when one does not exist.
 */
function findActions(context: Context, projectId: number, ids: readonly string[]): Promise<Action[]> {
  return Promise.all(
    ids.map(async (input) => {
      const decoded = decodeGlobalId(input)
      const id = decoded.typename === 'Action' ? decoded.id : input
      const action = integerIdPattern.test(id) ? await actionLoader(context).load(Number(id)) : null
      if (action?.projectId !== projectId) throw new BadUserInputError('actionIds', `Action ID ${id} does not exist!`)
      return action
    }),
  )
}

projectField(
  { root: 'requiresFlagImplementation', onProject: 'requiresFlagImplementation' },
  {
    type: FlagImplementationCheck,
    scope: 'experiment:read',
    description:
      'Warns when the events of metrics do not seem to carry a flag. It samples the newest events of each name since midnight seven days ago. ' +
      'An action stands for the events of its steps. A step without an event name, like `anyEvent`, stands for every event name of the ' +
      'project (2,000 at most). An empty sample is a warning, too. `BAD_USER_INPUT` names the wrong argument; an action that is deleted or ' +
      'of another project does not exist. `OPERATION_TOO_EXPENSIVE` when a request might read more than 1,000,000 events in ' +
      'all, of PostHog 50,000. `SERVICE_UNAVAILABLE` when the events are in ClickHouse, and it cannot be reached. `UPSTREAM_UNAVAILABLE` when the events are in PostHog, and it does not tell them.',
    args: builder.args((t) => ({
      events: t.stringList({
        cost: 1,
        description: 'Event names: at most 500, each of at most 400 characters. Case matters.',
        validate: z.array(boundedText(400)).max(500, 'must hold at most 500 names.').nullish(),
      }),
      actionIds: t.idList({
        // An action has about five events.
        cost: 5,
        description: 'Actions of the project, at most 100: their numbers, as in the REST API, or global ids of the type `Action`.',
        validate: z.array(boundedText(200)).max(100, 'must hold at most 100 ids.').nullish(),
      }),
      anyEvent: t.boolean({
        cost: 500,
        description: 'Whether to sample every event name. False by default.',
      }),
      sampleSize: t.int({
        // `@cost` cannot multiply by the names. A limit on all events of a request stands beside it: `src/features/events/eventSamples.ts`.
        cost: 100,
        description: `The number of newest events to sample for each name: 1 to 1,000. ${defaultSampleSize} by default.`,
        validate: z.int().min(1, 'must be between 1 and 1000.').max(1000, 'must be between 1 and 1000.').nullish(),
      }),
    })),
    cost: 5,
    resolve: async (project, args, context) => {
      const windowStart = startOfDay(context.now, project.timezone, -7)
      const windowEnd = context.now
      const store = eventStoreOf(context, project)
      const actions = await findActions(context, project.id, args.actionIds ?? [])
      const actionEvents = actions.map(({ steps }) => eventsFromActionSteps(steps))

      const requestedNames = new Set([...(args.events ?? []), ...actionEvents.flatMap(({ names }) => names)])
      const includesAll = args.anyEvent || actionEvents.some((events) => events.includesAll)
      const otherNames = includesAll ? (await store.names()).filter((name) => !requestedNames.has(name)) : []

      const window = { from: windowStart, to: windowEnd, size: args.sampleSize ?? defaultSampleSize }
      const { asOf, value } = await sampleEvents(context, store, [...requestedNames, ...otherNames], window)
      const events = value.filter(({ event, sampled }) => requestedNames.has(event) || sampled > 0)
      return { source: store.source, asOf, windowStart, windowEnd, events }
    },
  },
)
