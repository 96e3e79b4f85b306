import type { GraphQLNamedType, GraphQLResolveInfo } from 'graphql'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { parseDatabaseId, parseNodeId } from '../../graphql/nodeIds.ts'
import { decodeGlobalId } from '../../platform/globalId.ts'

/** What a gateway sends to name an entity: its type and the fields of one of its keys. */
export type EntityReference = Readonly<Record<string, unknown>> & { __typename: string }

/**
 * Reads all references of a request to one type.
 *
 * @returns in their order: the row, null, or the error in the place of a reference that is wrong
 */
export type BatchReferenceResolver = (
  references: readonly EntityReference[],
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<readonly unknown[]>

/** In the place of the plugin's own, which reads one reference at a time: `_entities` is ours, and nothing else calls it. */
export function toReferenceResolver(resolver: BatchReferenceResolver) {
  return resolver as unknown as (reference: object, context: Context, info: GraphQLResolveInfo) => Promise<never>
}

/** How references to a type are read; undefined where it is no entity. */
export function getReferenceResolver(type: GraphQLNamedType | undefined): BatchReferenceResolver | undefined {
  const { apollo } = (type?.extensions ?? {}) as { apollo?: { subgraph?: { resolveReference?: BatchReferenceResolver } } }
  return apollo?.subgraph?.resolveReference
}

/** What is thrown stands in the place of one reference, and leaves the others theirs. */
export function toResult<Result>(compute: () => Result): Result | Error {
  try {
    return compute()
  } catch (error) {
    return error as Error
  }
}

/**
 * The number of the row that a reference names by `id` or, where the type has that key, by `databaseId`.
 *
 * @throws BadUserInputError when it has neither, or one that is none.
 */
export function referenceId(reference: EntityReference, keys: readonly string[]): number {
  const { __typename, id, databaseId: number } = reference
  if (typeof id === 'string') {
    const decoded = parseNodeId(decodeGlobalId(id), 'representations')
    if (decoded?.typename === __typename) return Number(decoded.id)
    throw invalidReference(reference, `its 'id' is the id of ${decoded === null ? 'another subgraph' : `a ${decoded.typename}`}`)
  }
  if (keys.includes('databaseId') && Number.isInteger(number)) return parseDatabaseId(__typename, String(number), 'representations')
  throw invalidReference(reference, `it must carry ${keys.map((key) => `'${key}'`).join(' or ')}`)
}

/**
 * The flag that a reference names by `projectId` (global id or number) and `key`; null where it does not try to.
 *
 * @throws BadUserInputError when the project is none.
 */
export function referenceFlagKey({ projectId, key }: EntityReference): { projectId: number; key: string } | null {
  if (typeof key !== 'string' || !(typeof projectId === 'string' || typeof projectId === 'number')) return null
  return { projectId: parseDatabaseId('Project', String(projectId), 'representations'), key }
}

function invalidReference({ __typename }: EntityReference, problem: string): BadUserInputError {
  return new BadUserInputError(
    'representations',
    `Argument 'representations' holds a reference to a ${__typename} that is wrong: ${problem}.`,
  )
}
