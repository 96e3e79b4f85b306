import { BadUserInputError } from '../../graphql/errors.ts'
import { parseDatabaseId, parseNodeId } from '../../graphql/nodeIds.ts'
import { decodeGlobalId, integerIdPattern, nodeIdPatterns } from '../../platform/globalId.ts'

/** A reference to an entity, as a gateway sends it: the type, and the fields of one of its keys. */
export type EntityReference = Readonly<Record<string, unknown>> & { __typename: string }

/**
 * Returns the database id that a reference names by `id`, or by `databaseId` if the type has that key.
 *
 * @throws BadUserInputError if the reference has neither, or an invalid one.
 */
export function referenceId(reference: EntityReference, keys: readonly string[]): number | string {
  const { __typename, id, databaseId: number } = reference
  if (typeof id === 'string') {
    const decoded = parseNodeId(decodeGlobalId(id), 'representations')
    if (decoded?.typename === __typename) return isNumbered(__typename) ? Number(decoded.id) : decoded.id
    throw invalidReference(reference, `its 'id' is the id of ${decoded === null ? 'another subgraph' : `a ${decoded.typename}`}`)
  }
  if (keys.includes('databaseId') && Number.isInteger(number)) return parseDatabaseId(__typename, String(number), 'representations')
  throw invalidReference(reference, `it must have ${keys.map((key) => `'${key}'`).join(' or ')}`)
}

/** Whether the ids of a type are serial numbers of the database. */
const isNumbered = (typename: string) => nodeIdPatterns.get(typename) === integerIdPattern

/**
 * Returns the flag that a reference names by `projectId` (global id or number) and `key`. Null if the reference has no such key.
 *
 * @throws BadUserInputError if `projectId` is not valid.
 */
export function referenceFlagKey({ projectId, key }: EntityReference): { projectId: number; key: string } | null {
  if (typeof key !== 'string' || !(typeof projectId === 'string' || typeof projectId === 'number')) return null
  return { projectId: parseDatabaseId('Project', String(projectId), 'representations'), key }
}

function invalidReference({ __typename }: EntityReference, problem: string): BadUserInputError {
  return new BadUserInputError('representations', `Argument 'representations' holds an invalid reference to a ${__typename}: ${problem}.`)
}
