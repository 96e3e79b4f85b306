import { z } from 'zod'
import type { Action, Project } from '../../../database/generated/client.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { loaderById } from '../../../graphql/dataLoaders.ts'
import { BadUserInputError } from '../../../graphql/errors.ts'
import { decodeGlobalId, integerIdPattern } from '../../../platform/globalId.ts'
import { startOfDay } from '../../../platform/localDays.ts'
import { type EventSelection, eventsFromActionSteps, loadEventNames } from '../../events/eventNames.ts'
import { type EventFlagCoverage, sampleEvents } from '../../events/eventSamples.ts'
import { projectField } from '../../projects/projectField.ts'

const defaultSampleSize = 20

interface ImplementationCheck {
  windowStart: Date
  windowEnd: Date
  events: EventFlagCoverage[]
}

const EventFlagCoverageType = builder.objectRef<EventFlagCoverage>('EventFlagCoverage').implement({
  description: 'What the newest events of one name in the window say about flags. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    event: t.exposeString('event', { description: 'The name of the events.' }),
    sampled: t.exposeInt('sampled', { description: 'How many were looked at: `sampleSize`, or all where there are fewer.' }),
    withFeatureProperty: t.exposeInt('withFeatureProperty', {
      description:
        'How many of those carry a `$feature/…` property, whatever its value, at the top level of their properties; or, where their ' +
        'properties are not valid JSON, anywhere in the text.',
    }),
    featureFlagKeys: t.exposeStringList('featureFlagKeys', {
      description: 'The keys of the flags that these properties name, by code point.',
    }),
    lastSeenAt: t.expose('lastSeenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the newest was sent; null when there is none.',
    }),
  }),
})

const FlagImplementationCheck = builder.objectRef<ImplementationCheck>('FlagImplementationCheck').implement({
  description: 'Whether a flag seems to be wired into tracked events, with the evidence. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    required: t.boolean({
      description:
        'True is a warning: no event that was looked at carries a `$feature/…` property, so the flag does not seem to be implemented ' +
        'where these events are tracked. Also true when there was nothing to look at. The REST API calls it `result`.',
      resolve: ({ events }) => events.every(({ withFeatureProperty }) => withFeatureProperty === 0),
    }),
    windowStart: t.expose('windowStart', {
      type: 'DateTime',
      description: 'From when events were looked at: the start of the day seven days ago in the time zone of the project.',
    }),
    windowEnd: t.expose('windowEnd', { type: 'DateTime', description: 'Until when: the moment of the request.' }),
    events: t.expose('events', {
      type: [EventFlagCoverageType],
      description:
        'The evidence, one row an event name: those that were asked for first, then those of the actions, also where nothing was sampled; ' +
        'then, where any event was asked for, every other name that was seen in the window.',
    }),
  }),
})

const actionLoader = loaderById((context, ids) => context.db.action.findMany({ where: { id: { in: ids }, deleted: false } }))

/** Actions of a project by number, or by the global id that is made of it; a deleted one does not exist. */
function findActions(context: Context, projectId: number, ids: readonly (string | number)[]): Promise<Action[]> {
  return Promise.all(
    ids.map(async (input) => {
      const decoded = decodeGlobalId(String(input))
      const id = decoded.typename === 'Action' ? decoded.id : String(input)
      const action = integerIdPattern.test(id) ? await actionLoader(context).load(Number(id)) : null
      if (action?.projectId !== projectId) throw new BadUserInputError('actionIds', `Action ID ${id} does not exist!`)
      return action
    }),
  )
}

async function checkImplementation(
  context: Context,
  project: Project,
  requestedEvents: EventSelection,
  actionIds: readonly (string | number)[],
  size: number,
): Promise<ImplementationCheck> {
  const windowStart = startOfDay(context.now, project.timezone, -7)
  const windowEnd = context.now
  const actionEvents = (await findActions(context, project.id, actionIds)).map(({ steps }) => eventsFromActionSteps(steps))

  const requestedNames = new Set([...requestedEvents.names, ...actionEvents.flatMap(({ names }) => names)])
  const includesAll = requestedEvents.includesAll || actionEvents.some((events) => events.includesAll)
  const otherNames = includesAll ? (await loadEventNames(context, project.id)).filter((name) => !requestedNames.has(name)) : []

  const sample = { projectId: project.id, from: windowStart, to: windowEnd, size }
  const events = await sampleEvents(context, [...requestedNames, ...otherNames], sample)
  return { windowStart, windowEnd, events: events.filter(({ event, sampled }) => requestedNames.has(event) || sampled > 0) }
}

projectField(
  { root: 'requiresFlagImplementation', onProject: 'requiresFlagImplementation' },
  {
    type: FlagImplementationCheck,
    scope: 'experiment:read',
    description:
      'Warns when a flag does not seem to be wired into the events that metrics are made of: looks at the newest events of each name since ' +
      'the start of the day seven days ago. An action stands for the events of its steps; a step without an event name, and `anyEvent`, for ' +
      'every event name of the project (2,000 at most). With nothing to look at the answer is the warning. `BAD_USER_INPUT` names the ' +
      'argument that is wrong: an action that is deleted or of another project does not exist. `OPERATION_TOO_EXPENSIVE` when a request ' +
      'might look at more than 1,000,000 events in all.',
    args: builder.args((t) => ({
      events: t.stringList({
        required: false,
        description: 'Names of events: 500 at most, each of at most 400 characters. Case matters.',
        validate: z.array(boundedText(400)).max(500, 'must hold at most 500 names.').nullish(),
      }),
      actionIds: t.idList({
        required: false,
        description:
          'Actions of the project: their numbers, as they stand in the REST API, or global ids of the type `Action`; 100 at most.',
        validate: z.array(boundedText(200)).max(100, 'must hold at most 100 ids.').nullish(),
      }),
      anyEvent: t.boolean({ required: false, description: 'Whether to look at every event name; false when not given.' }),
      sampleSize: t.int({
        required: false,
        description: `How many of the newest events to look at for each name: 1 to 1,000; ${defaultSampleSize} when not given.`,
        validate: z.int().min(1, 'must be between 1 and 1000.').max(1000, 'must be between 1 and 1000.').nullish(),
      }),
    })),
    // A point for each hundred events that may be looked at; "any" is taken for five hundred names, an action for five.
    complexity: ({ events, actionIds, anyEvent, sampleSize }) => {
      const names = (events?.length ?? 0) + 5 * (actionIds?.length ?? 0) + (anyEvent ? 500 : 0)
      return { field: 5 + names * Math.ceil(Math.min(Math.max(sampleSize ?? defaultSampleSize, 1), 1000) / 100) }
    },
    resolve: (project, { events, actionIds, anyEvent, sampleSize }, context) =>
      checkImplementation(
        context,
        project,
        { names: events ?? [], includesAll: anyEvent ?? false },
        actionIds ?? [],
        sampleSize ?? defaultSampleSize,
      ),
  },
)
