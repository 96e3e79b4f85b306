import type { ShapeFromTypeParam, TypeParam } from '@pothos/core'
import type { Scope } from '../../auth/scopes.ts'
import type { ChangeEvent } from '../../database/pubsub/changeEvent.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { createChangeStream } from '../../graphql/changeStream.ts'
import { type Context, clearLoaders } from '../../graphql/context.ts'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import { requireProject } from './requireProject.ts'

builder.subscriptionType({
  description:
    'Subscriptions over server-sent events (`accept: text/event-stream`). Each event is read when it is sent, with the rights that the key ' +
    'has then. If the key is revoked, or loses its scope or the project, the stream ends with the error that a query would get. Events are ' +
    'sent once and not stored. After a stream has ended, query the current state and subscribe again. Imports send no events.',
})

type Types = typeof builder.$inferSchemaTypes

interface ProjectSubscriptionOptions<Type extends TypeParam<Types>> {
  type: Type
  kind: ChangeEvent['kind']
  scope: Scope
  description: string
  load(context: Context, id: number): Promise<ShapeFromTypeParam<Types, Type, false> | null>
}

/** Defines a subscription to the changes of one kind of object in a project. */
export function projectSubscription<Type extends TypeParam<Types>>(
  name: string,
  { type, kind, scope, description, load }: ProjectSubscriptionOptions<Type>,
): void {
  builder.subscriptionField(name, (t) =>
    t.field({
      type,
      nullable: true as never,
      description:
        `${description} Needs a key with the scope \`${scope}\`, or it fails with \`FORBIDDEN\`. \`NOT_FOUND\` when the viewer can see no such project. ` +
        '`UNAUTHENTICATED` without a valid key. `OPERATION_TOO_EXPENSIVE` when the key has too many open subscriptions.',
      args: {
        projectId: t.arg.id({ required: true, description: "The project's global id, or its number as in the URLs of the REST API." }),
      },
      authScopes: { scope },
      subscribe: (async (_root: unknown, { projectId }: { projectId: string }, context: Context) => {
        const project = await requireProject(context, projectId, 'projectId')
        const { keyHash } = requireScope(context, scope)
        const { changeFeed, config } = context
        const [open, max] = [changeFeed.count(keyHash), config.maxSubscriptions]
        if (open >= max) {
          throw new OperationTooExpensiveError(`The key has ${open} subscriptions open; at most ${max} are allowed. End one first.`)
        }
        return createChangeStream({
          changeFeed,
          kind,
          projectId: project.id,
          keyHash,
          recheckIntervalMs: config.subscriptionCheck * 1_000,
          authorize: async () => {
            Object.assign(context, await context.reauthenticate(), { work: {} })
            clearLoaders(context)
            await requireProject(context, projectId, 'projectId')
            requireScope(context, scope)
          },
          load: (id) => load(context, id),
        })
      }) as never,
      resolve: ((row: unknown) => row) as never,
    }),
  )
}
