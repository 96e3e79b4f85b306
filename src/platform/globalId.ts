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
  const [, typename, id] = /^([_A-Za-z]\w*):(.+)$/s.exec(decodeBase64(padBase64(text))) ?? []
  if (typename === undefined || id === undefined) return { typename: '', id: text }
  // Else `01` and `1e3` would be numbers, and one row would have many ids.
  if (nodeIdPatterns.get(typename)?.test(id) === false) return { typename: '', id: text }
  return { typename, id }
}

const ascii = /^[\0-\x7f]*$/

/** What base64 encodes; '' where it is none, or another text than this encodes the same. */
function decodeBase64(base64: string): string {
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
function padBase64(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** The types that `node` can read, and the form of their ids. A node type adds itself where it is defined. */
export const nodeIdPatterns = new Map<string, RegExp>()

/** Every id that is a database's serial number. */
export const integerIdPattern = /^[1-9][0-9]{0,15}$/

/** The number in a global id of this type, or the number itself; null for any other text. */
export function parseIntegerId(typename: string, text: string): number | null {
  const decoded = decodeGlobalId(text)
  const digits = decoded.typename === typename ? decoded.id : text
  return integerIdPattern.test(digits) ? Number(digits) : null
}

/** The greatest id of an int4 column. */
const maxInt4 = 2_147_483_647

/** Whether a number can be in an int4 column at all; one that cannot names no row. */
export function isInt4(id: number): boolean {
  return id >= 1 && id <= maxInt4
}
