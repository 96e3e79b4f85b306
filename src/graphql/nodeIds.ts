import { decodeGlobalId, type GlobalId, nodeIdPatterns, parseIntegerId, uuidPattern } from '../platform/globalId.ts'
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
  throw new BadUserInputError(
    argument,
    `Argument '${argument}' must be the global id of ${articleOf(typename)} ${typename}, or its number${hint}.`,
  )
}

/**
 * Returns the UUID from an argument that takes a global id of one type, or the UUID.
 *
 * @throws BadUserInputError if it is neither. The error names the argument and the valid forms.
 */
export function parseUuid(typename: string, text: string, argument: string): string {
  const { typename: given, id } = decodeGlobalId(text)
  const uuid = given === typename ? id : text.toLowerCase()
  if (uuidPattern.test(uuid)) return uuid
  throw new BadUserInputError(argument, `Argument '${argument}' must be the global id of ${articleOf(typename)} ${typename}, or its UUID.`)
}

const articleOf = (typename: string) => (/^[AEIO]/.test(typename) ? 'an' : 'a')
