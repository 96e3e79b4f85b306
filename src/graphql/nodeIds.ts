import { BadUserInputError } from './errors.ts'

/** The greatest id of an int4 column. */
const maxId = 2_147_483_647

/** What a global id names. */
export interface GlobalId {
  typename: string
  id: string
}

/** A global id: the type and its id, in base64. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64')
}

/** What a global id names; a typename of '' where the text is no global id. Never throws, so that the reader can name the argument. */
export function decodeGlobalId(text: string): GlobalId {
  const [, typename, id] = /^([_A-Za-z]\w*):(.+)$/s.exec(decoded(padded(text))) ?? []
  if (typename === undefined || id === undefined) return { typename: '', id: text }
  // Else `01` and `1e3` would be numbers, and one row would have many ids.
  if (nodeTypes.get(typename)?.test(id) === false) return { typename: '', id: text }
  return { typename, id }
}

const ascii = /^[\0-\x7f]*$/

/** What base64 encodes; '' where it is none, or another text than this encodes the same. */
function decoded(base64: string): string {
  try {
    // Four times as fast as a Buffer, and gateways send hundreds of ids at a time.
    const bytes = base64.length > 300 ? '' : atob(base64)
    if (btoa(bytes) !== base64) return ''
    return ascii.test(bytes) ? bytes : utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return ''
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Some clients drop the padding of base64. */
function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** The types that `node` can read, and the form of their ids. A node type adds itself where it is defined. */
export const nodeTypes = new Map<string, RegExp>()

/** Every id that is a database's serial number. */
export const serialId = /^[1-9][0-9]{0,15}$/

/**
 * A decoded id that names a node type of ours; null where the type is none of ours: in a supergraph it may be another subgraph's.
 *
 * @throws BadUserInputError that names the argument, when it is no global id.
 */
export function nodeId(decoded: GlobalId, argument: string): GlobalId | null {
  if (decoded.typename !== '') return nodeTypes.has(decoded.typename) ? decoded : null
  throw new BadUserInputError(argument, `Argument '${argument}' must be a global id, as an \`id\` field gave it.`)
}

/**
 * The database id in an argument that takes a type's global id or the number itself.
 *
 * @throws BadUserInputError that names the argument and says which forms are right.
 */
export function databaseId(typename: string, text: string, argument: string): number {
  const decoded = decodeGlobalId(text)
  const digits = decoded.typename === typename ? decoded.id : text
  if (serialId.test(digits)) return Number(digits)
  const found = decoded.typename === '' || decoded.typename === typename ? '' : `; this is the id of a ${decoded.typename}`
  const article = /^[AEIO]/.test(typename) ? 'an' : 'a'
  throw new BadUserInputError(argument, `Argument '${argument}' must be the global id of ${article} ${typename}, or its number${found}.`)
}

/** Whether a number can be in an int4 column at all; one that cannot names no row. */
export function isStorableId(id: number): boolean {
  return id >= 1 && id <= maxId
}
