import { type EventNameRow, maxEventNames } from '../../../database/events/eventStore.ts'
import type { Project as ProjectRow } from '../../../database/generated/client.ts'
import { boundedText, defaultPageSize, maxPageSize, pageSizeSchema } from '../../../graphql/argumentLimits.ts'
import { requiresScopeText } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { Project } from '../../projects/Project.ts'
import { sampledEvents } from '../eventProperties.ts'
import { eventStoreOf } from '../eventStoreOf.ts'
import { loadPropertyNames } from '../loadPropertyNames.ts'

const scope = 'experiment:read'
const listSize = { assumedSize: defaultPageSize, slicingArguments: ['first'], requireOneSlicingArgument: false }

const EventName = builder.objectRef<EventNameRow & { project: ProjectRow }>('EventName').implement({
  description: 'A name of events that a project has received. Needs a key with the scope `experiment:read`.',
  authScopes: { scope },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name, such as `$pageview`.' }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The time of the newest event with this name. Null when all of them were removed meanwhile.',
      resolve: ({ lastSeenAt }) => lastSeenAt,
    }),
    properties: t.stringList({
      listSize,
      cost: 5,
      description:
        `The names of the properties of the newest ${sampledEvents} events with this name, by code point. Of events in PostHog, those of the ` +
        'newest 10 of the last 30 days. `SERVICE_UNAVAILABLE` when the events are in ClickHouse, and it cannot be reached. ' +
        '`UPSTREAM_UNAVAILABLE` when PostHog does not tell them.',
      args: {
        search: t.arg.string({
          description:
            'Only properties whose name contains this text: at most 400 characters. Case does not matter. Empty text matches all.',
          validate: boundedText(400).nullish(),
        }),
        first: t.arg.int({ description: `How many: 1 to ${maxPageSize}. The default is ${defaultPageSize}.`, validate: pageSizeSchema }),
      },
      resolve: async ({ project, name }, { search, first }, context) => {
        const text = search?.toLowerCase() ?? ''
        const names = await loadPropertyNames(context, project, name)
        return names.filter((name) => name.toLowerCase().includes(text)).slice(0, first ?? defaultPageSize)
      },
    }),
  }),
})

builder.objectField(Project, 'eventNames', (t) =>
  t.field({
    type: [EventName],
    nullable: true,
    listSize,
    cost: 5,
    description:
      `The names of the events that the project has received, by code point. Of more than ${maxEventNames} names, some are not found. ` +
      'Of events in PostHog, those of the last 30 days. `SERVICE_UNAVAILABLE` when the events are in ClickHouse, and it cannot be reached. ' +
      '`UPSTREAM_UNAVAILABLE` when PostHog does not tell them. ' +
      requiresScopeText(scope),
    args: {
      search: t.arg.string({
        description: 'Only names that contain this text: at most 400 characters. Case does not matter. Empty text matches all.',
        validate: boundedText(400).nullish(),
      }),
      first: t.arg.int({ description: `How many: 1 to ${maxPageSize}. The default is ${defaultPageSize}.`, validate: pageSizeSchema }),
    },
    authScopes: { scope },
    resolve: async (project, { search, first }, context) => {
      const found = await eventStoreOf(context, project).findNames(search ?? '', first ?? defaultPageSize)
      return found.map((row) => ({ ...row, project }))
    },
  }),
)
