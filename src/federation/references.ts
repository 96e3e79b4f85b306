import { BadUserInputError } from '../errors/refusals.ts'
import { databaseId, decodeGlobalId, nodeId } from '../globalId.ts'

/** What a gateway sends to name an entity: its type and the fields of one of its keys. */
export type Reference = Readonly<Record<string, unknown>> & { __typename: string }

/**
 * The number of the row that a reference names by `id` or, where the type has that key, by `databaseId`.
 *
 * @throws BadUserInputError when it has neither, or one that is none.
 */
export function referredId(reference: Reference, keys: readonly string[]): number {
  const { __typename, id, databaseId: number } = reference
  if (typeof id === 'string') {
    const decoded = nodeId(decodeGlobalId(id), 'representations')
    if (decoded?.typename === __typename) return Number(decoded.id)
    throw wrongReference(reference, `its 'id' is the id of ${decoded === null ? 'another subgraph' : `a ${decoded.typename}`}`)
  }
  if (keys.includes('databaseId') && Number.isInteger(number)) return databaseId(__typename, String(number), 'representations')
  throw wrongReference(reference, `it must carry ${keys.map((key) => `'${key}'`).join(' or ')}`)
}

/**
 * The flag that a reference names by `projectId` (global id or number) and `key`; null where it does not try to.
 *
 * @throws BadUserInputError when the project is none.
 */
export function referredFlag({ projectId, key }: Reference): { projectId: number; key: string } | null {
  if (typeof key !== 'string' || !(typeof projectId === 'string' || typeof projectId === 'number')) return null
  return { projectId: databaseId('Project', String(projectId), 'representations'), key }
}

function wrongReference({ __typename }: Reference, problem: string): BadUserInputError {
  return new BadUserInputError(
    'representations',
    `Argument 'representations' holds a reference to a ${__typename} that is wrong: ${problem}.`,
  )
}
