import { decodeGlobalId, type GlobalId, nodeIdPatterns, parseIntegerId } from '../platform/globalId.ts'
import { BadUserInputError } from './errors.ts'

/**
 * A decoded id that names a node type of ours; null where the type is none of ours: in a supergraph it may be another subgraph's.
 *
 * @throws BadUserInputError that names the argument, when it is no global id.
 */
export function parseNodeId(decoded: GlobalId, argument: string): GlobalId | null {
  if (decoded.typename !== '') return nodeIdPatterns.has(decoded.typename) ? decoded : null
  throw new BadUserInputError(argument, `Argument '${argument}' must be a global id, as an \`id\` field gave it.`)
}

/**
 * The database id in an argument that takes a type's global id or the number itself.
 *
 * @throws BadUserInputError that names the argument and says which forms are right.
 */
export function parseDatabaseId(typename: string, text: string, argument: string): number {
  const id = parseIntegerId(typename, text)
  if (id !== null) return id
  const other = decodeGlobalId(text).typename
  const hint = other === '' || other === typename ? '' : `; this is the id of a ${other}`
  const article = /^[AEIO]/.test(typename) ? 'an' : 'a'
  throw new BadUserInputError(argument, `Argument '${argument}' must be the global id of ${article} ${typename}, or its number${hint}.`)
}
