import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
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
import { requireScope, requireViewer } from './authorization.ts'
import { cursorSchema, pageSizeSchema } from './connections/limits.ts'
import type { Context } from './context.ts'
import { BadUserInputError } from './errors.ts'
import { parseNodeId } from './nodeIds.ts'

/** The one builder of the schema: its plugins, scalars and access rules. It defines no types. */
export const builder = new SchemaBuilder<{
  Context: Context
  Scalars: {
    DateTime: { Input: Date; Output: Date }
    JSON: { Input: unknown; Output: unknown }
    /** A reference, as a gateway sends it. */
    _Any: { Input: unknown; Output: unknown }
    ID: { Input: string; Output: string | number }
  }
  AuthScopes: {
    /** Any valid key. */
    authenticated: boolean
    /** A key that holds this scope. */
    scope: Scope
  }
  Connection: { totalCount(): Promise<number> }
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  DefaultNodeNullability: false
}>({
  plugins: [
    RelayPlugin,
    ErrorsPlugin,
    ScopeAuthPlugin,
    ValidationPlugin,
    DataloaderPlugin,
    ComplexityPlugin,
    DirectivesPlugin,
    FederationPlugin,
  ],
  defaultFieldNullability: false,
  // Each mutation lists what it can answer; anything else stays masked.
  errors: { defaultTypes: [], directResult: true },
  scopeAuth: {
    // A type's scope is asked when a value of it is reached, whatever field led there.
    runScopesOnType: true,
    authScopes: (context) => ({
      authenticated: () => requireViewer(context) !== null,
      scope: (scope) => requireScope(context, scope) !== null,
    }),
  },
  validation: {
    validationError: ({ issues }) => {
      const [issue] = issues
      const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
      return new BadUserInputError(path[0] ?? null, `Argument '${path.join('.')}' ${issue?.message ?? 'is wrong'}`)
    },
  },
  // Fields state what they cost; src/server/limits/useOperationCost.ts reckons. The plugin itself would refuse every field of the operation where the
  // argument of one is wrong. A list costs what its field says (a page: its size); the lists inside a connection are that same page.
  complexity: { disabled: true, defaultListMultiplier: 1 },
  relay: {
    cursorType: 'String',
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: decodeGlobalId,
    nodeTypeOptions: { description: 'Anything that has a global id, and can be read again by it through `node`.' },
    // Shared: every Relay-style subgraph of a supergraph brings `node`, `nodes` and `PageInfo`. Inaccessible there: a gateway cannot tell whose
    // an id is, and asks any subgraph that has the field; Apollo's composer refuses such a field where no type is known to all of them.
    nodeQueryOptions: {
      shareable: true,
      inaccessible: true,
      nullable: true,
      description:
        'Reads one object by its global id. Null when there is no such object or type, or the viewer may not see it. ' +
        "Needs a key with the scope of the object's type (`FORBIDDEN` otherwise); `BAD_USER_INPUT` for what is no global id.",
      args: { id: { description: 'The global id of the object, as its `id` field gave it.' } },
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
        'Reads several objects by their global ids, in the order of the ids: null in the place of each one that is not there or that ' +
        "the viewer may not see, and of each type that is not there. At most 100 ids. Needs a key with the scope of each object's type. A scope that is missing (`FORBIDDEN`) " +
        'or an id that is none (`BAD_USER_INPUT`) spoils its own place in the list.',
      args: { ids: { description: 'The global ids of the objects; 100 at most.' } },
      authScopes: { authenticated: true },
      complexity: ({ ids }: { ids?: unknown[] }) => ({ field: 1, multiplier: ids?.length ?? 1 }),
      resolve: (_root, { ids }, context, info) => {
        if (ids.length > 100) throw new BadUserInputError('ids', `Argument 'ids' must hold at most 100 ids; it holds ${ids.length}.`)
        return resolveEachNode(ids, context, info)
      },
    },
    pageInfoTypeOptions: { description: 'Where a page stands in its list.', shareable: true },
    hasNextPageFieldOptions: { description: 'Whether the list goes on after the last edge of this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether the list has something before the first edge of this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge: give it as `before` to page backwards. Null on an empty page.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge: give it as `after` to page forwards. Null on an empty page.' },
    firstArgOptions: {
      description: 'How many to read from the front: 1 to 100; 20 when neither `first` nor `last` is given.',
      validate: pageSizeSchema,
    },
    lastArgOptions: { description: 'How many to read from the back: 1 to 100. Not together with `first`.', validate: pageSizeSchema },
    afterArgOptions: {
      description: 'Reads on after the edge with this cursor. It must come from a list in the same order.',
      validate: cursorSchema,
    },
    beforeArgOptions: {
      description: 'Reads what stands before the edge with this cursor. It must come from a list in the same order.',
      validate: cursorSchema,
    },
    edgesFieldOptions: {
      description: 'What is on this page, each with its cursor.',
      nullable: { list: false, items: false },
      complexity: { field: 0, multiplier: 1 },
    },
    nodeFieldOptions: { description: 'The thing itself.', nullable: false },
    cursorFieldOptions: { description: 'Marks this place in the list, in the order that was asked for. Opaque: only give it back.' },
    pageInfoFieldOptions: { description: 'Where this page stands in the list.' },
    nodesOnConnection: { description: 'What is on this page, without cursors.', complexity: { field: 0, multiplier: 1 } },
    idFieldOptions: {
      select: [],
      description: 'The global id: names this object among all others, of every type. Give it to `node` to read the object again.',
    },
  },
})

builder.queryType({ description: 'Everything that can be read. Each field says which scope a key needs for it.' })
builder.mutationType({
  description:
    'Everything that can be changed. Each mutation answers a union: what was asked for, or a refusal as a type that implements `Error`. ' +
    'When a refusal comes, nothing was written, the change request of an `ApprovalRequiredError` aside. A missing or wrong key and a missing ' +
    'scope are errors of the operation, as everywhere.',
})

/** A malformed id spoils its own place in the list, not the others. */
async function resolveEachNode(ids: GlobalId[], context: Context, info: GraphQLResolveInfo): Promise<unknown[]> {
  const parsedIds = ids.map((id) => {
    try {
      return parseNodeId(id, 'ids')
    } catch (error) {
      return error as BadUserInputError
    }
  })
  const nodes = await resolveNodes(
    builder,
    context,
    info,
    parsedIds.map((id) => (id instanceof Error ? null : id)),
  )
  return nodes.map((node, index) => (parsedIds[index] instanceof Error ? parsedIds[index] : node))
}
