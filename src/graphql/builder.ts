import SchemaBuilder from '@pothos/core'
import DataloaderPlugin from '@pothos/plugin-dataloader'
import DirectivesPlugin from '@pothos/plugin-directives'
import ErrorsPlugin from '@pothos/plugin-errors'
import FederationPlugin from '@pothos/plugin-federation'
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay'
import ScopeAuthPlugin from '@pothos/plugin-scope-auth'
import ValidationPlugin from '@pothos/plugin-validation'
import type { GraphQLResolveInfo } from 'graphql'
import type { Scope } from '../auth/scopes.ts'
import { decodeGlobalId, encodeGlobalId, type GlobalId } from '../platform/globalId.ts'
import { cursorSchema, pageSizeSchema } from './argumentLimits.ts'
import { requireScope, requireViewer } from './authorization.ts'
import type { Context } from './context.ts'
import { BadUserInputError, toResult } from './errors.ts'
import { parseNodeId } from './nodeIds.ts'

/** How many objects `nodes` reads at most. */
const maxNodes = 100

/** The builder of the schema: plugins, scalars, access rules, and the descriptions of Relay's types. Features define the types. */
export const builder = new SchemaBuilder<{
  Context: Context
  Scalars: {
    DateTime: { Input: Date; Output: Date }
    /** A calendar day, `YYYY-MM-DD`. */
    Date: { Input: string; Output: string }
    JSON: { Input: unknown; Output: unknown }
    /** A reference to an entity, as a gateway sends it. */
    _Any: { Input: unknown; Output: unknown }
    ID: { Input: string; Output: string | number }
  }
  AuthScopes: {
    /** Any valid API key. */
    authenticated: boolean
    /** An API key that holds this scope. */
    scope: Scope
    /** An API key that holds all of these scopes. The error names the first missing one. */
    scopes: readonly Scope[]
  }
  Connection: { totalCount(): Promise<number> }
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
}>({
  plugins: [RelayPlugin, ErrorsPlugin, ScopeAuthPlugin, ValidationPlugin, DataloaderPlugin, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
  // Each mutation lists the errors of its union. All other errors are masked.
  errors: { defaultTypes: [], directResult: true },
  scopeAuth: {
    // The scope of a type is checked for each value of it, whatever field returned the value.
    runScopesOnType: true,
    authScopes: (context) => ({
      authenticated: () => requireViewer(context) !== null,
      scope: (scope) => requireScope(context, scope) !== null,
      scopes: (scopes) => scopes.every((scope) => requireScope(context, scope)),
    }),
  },
  validation: {
    validationError: ({ issues }) => {
      const [issue] = issues
      const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
      return new BadUserInputError(path[0] ?? null, `Argument '${path.join('.')}' ${issue?.message ?? 'is not valid.'}`)
    },
  },
  relay: {
    cursorType: 'String',
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    nodeTypeOptions: { description: 'Any object with a global id. Pass the id to `node` to read the object again.' },
    // Shareable, because other subgraphs with Relay's types define `node`, `nodes` and `PageInfo` too. Inaccessible, because a gateway does not
    // know which subgraph an id belongs to, and asks any of them. Apollo's composer rejects the field if no type is known to all of them.
    nodeQueryOptions: {
      shareable: true,
      inaccessible: true,
      nullable: true,
      description:
        'Reads one object by its global id. Null when there is no such object or type, or the viewer may not see it. ' +
        "Needs a key with the scope of the object's type (`FORBIDDEN` otherwise). An invalid global id is a `BAD_USER_INPUT` error.",
      args: { id: { description: 'The global id of the object, as its `id` field returned it.' } },
      authScopes: { authenticated: true },
      resolve: (_root, { id }, _context, _info, resolveNode) => {
        const localId = parseNodeId(id, 'id')
        return localId && resolveNode(localId)
      },
    },
    nodesQueryOptions: {
      shareable: true,
      inaccessible: true,
      nullable: { list: false, items: true },
      description:
        'Reads several objects by their global ids, in the order of the ids. An entry is null when there is no such object or type, or ' +
        "the viewer may not see it. At most 100 ids. Needs a key with the scope of each object's type. A missing scope (`FORBIDDEN`) " +
        'or an invalid id (`BAD_USER_INPUT`) affects only its own entry in the list.',
      args: { ids: { description: 'The global ids of the objects, at most 100.' } },
      authScopes: { authenticated: true },
      listSize: { assumedSize: maxNodes },
      extensions: { sizedBy: 'ids' },
      resolve: (_root, { ids }, context, info) => {
        if (ids.length > maxNodes)
          throw new BadUserInputError('ids', `Argument 'ids' must hold at most ${maxNodes} ids; it holds ${ids.length}.`)
        return resolveEachNode(ids, context, info)
      },
    },
    pageInfoTypeOptions: { description: 'The position of a page in its list.', shareable: true },
    hasNextPageFieldOptions: { description: 'Whether the list has more edges after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether the list has edges before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge. Pass it as `before` to page backwards. Null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge. Pass it as `after` to page forwards. Null on an empty page.' },
    firstArgOptions: {
      description: 'The page size, from the start of the list: 1 to 100. The default is 20 without `first` and `last`.',
      validate: pageSizeSchema,
    },
    lastArgOptions: { description: 'The page size, from the end of the list: 1 to 100. Not with `first`.', validate: pageSizeSchema },
    afterArgOptions: {
      description: 'Returns only edges after this cursor. The cursor must come from a list in the same order.',
      validate: cursorSchema,
    },
    beforeArgOptions: {
      description: 'Returns only edges before this cursor. The cursor must come from a list in the same order.',
      validate: cursorSchema,
    },
    edgesFieldOptions: {
      description: 'The edges of this page: each node with its cursor.',
      nullable: { list: false, items: false },
    },
    nodeFieldOptions: { description: 'The object at this edge.', nullable: false },
    cursorFieldOptions: { description: 'The position of this edge in the list, in the requested order. Opaque: pass it back unchanged.' },
    pageInfoFieldOptions: { description: 'The position of this page in the list.' },
    nodesOnConnection: { description: 'The objects on this page, without cursors.' },
    idFieldOptions: {
      select: [],
      description: 'The global id, unique among the objects of all types. Pass it to `node` to read the object again.',
    },
  },
})

builder.queryType({ description: 'The root of all queries. Each field names the scope that the API key needs.' })
builder.mutationType({
  description:
    'The root of all mutations. Each mutation returns a union: the changed object, or a type that implements `Error`. After an error, the ' +
    'change was not made. `ApprovalRequiredError` leaves a change request, and a vote that finds its request expired or stale stores that ' +
    'state. A missing or invalid key and a missing scope are not in the union, but in `errors`, as on queries. If a selected field would ' +
    'fail for lack of a scope or for its page arguments, and make `data` null, no mutation of the operation runs.',
})

/** Reads the nodes of `nodes`. A malformed id becomes the error of its own entry, not of the whole list. */
async function resolveEachNode(ids: GlobalId[], context: Context, info: GraphQLResolveInfo): Promise<unknown[]> {
  const parsedIds = ids.map((id) => toResult(() => parseNodeId(id, 'ids')))
  const validIds = parsedIds.map((id) => (id instanceof Error ? null : id))
  const nodes = await resolveNodes(builder, context, info, validIds)
  return nodes.map((node, index) => (parsedIds[index] instanceof Error ? parsedIds[index] : node))
}
