import { decodeGlobalId, type GlobalId, nodeIdPatterns, parseIntegerId } from '../platform/globalId.ts'
import { BadUserInputError } from './errors.ts'

/**
 * Checks a decoded global id. Returns null for the id of an unknown type, which may belong to another subgraph.
 *
 * @throws BadUserInputError if it is not a global id. The error names the argument.
 */
export function parseNodeId(decoded: GlobalId, argument: string): GlobalId | null {
  if (decoded.typename !== '') return nodeIdPatterns.has(decoded.typename) ? decoded : null
  throw new BadUserInputError(argument, `Argument '${argument}' must be a global id, as an \`id\` field returned it.`)
}

/**
 * Returns the database id from an argument that takes a global id of one type, or the number.
 *
 * @throws BadUserInputError if it is neither. The error names the argument and the valid forms.
 */
export function parseDatabaseId(typename: string, text: string, argument: string): number {
  const id = parseIntegerId(typename, text)
  if (id !== null) return id
  const other = decodeGlobalId(text).typename
  const hint = other === '' || other === typename ? '' : `; this is the id of a ${other}`
  const article = /^[AEIO]/.test(typename) ? 'an' : 'a'
  throw new BadUserInputError(argument, `Argument '${argument}' must be the global id of ${article} ${typename}, or its number${hint}.`)
}
