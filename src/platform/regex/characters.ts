// Classes of characters, by code point. They are those of Unicode, as in Rust.

type CharTest = (code: number) => boolean

/** Native classes by their source. The names of Unicode and POSIX are few, and a pattern can hold one a thousand times. */
const natives = new Map<string, CharTest>()

/** A class as a native expression. It only ever looks at one character, so it takes no time to speak of. */
function native(source: string): CharTest {
  const known = natives.get(source) ?? makeNative(source)
  natives.set(source, known)
  return known
}

function makeNative(source: string): CharTest {
  const pattern = new RegExp(`^${source}$`, 'u')
  const ascii = Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCodePoint(code)))
  return (code) => (code < 128 ? (ascii[code] ?? false) : pattern.test(String.fromCodePoint(code)))
}

const digit = native('\\p{Nd}')
const space = native('\\p{White_Space}')
export const isWordChar: CharTest = native('[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]')
const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code)

/** The classes after a backslash. */
export const charTests: Readonly<Record<string, CharTest>> = {
  d: digit,
  D: not(digit),
  s: space,
  S: not(space),
  w: isWordChar,
  W: not(isWordChar),
}

const posixSources: Readonly<Record<string, string>> = {
  alnum: '[0-9A-Za-z]',
  alpha: '[A-Za-z]',
  ascii: '[\\x00-\\x7f]',
  blank: '[\\t ]',
  cntrl: '[\\x00-\\x1f\\x7f]',
  digit: '[0-9]',
  graph: '[!-~]',
  lower: '[a-z]',
  print: '[ -~]',
  punct: '[!-\\/:-@\\[-`\\{-~]',
  space: '[\\t\\n\\v\\f\\r ]',
  upper: '[A-Z]',
  word: '[0-9A-Za-z_]',
  xdigit: '[0-9A-Fa-f]',
}

/** `[:alpha:]` and its kin. Null for an unknown name. */
export function posixClass(name: string): CharTest | null {
  const source = Object.hasOwn(posixSources, name) ? posixSources[name] : undefined
  return source === undefined ? null : native(source)
}

/** A property of Unicode: a category such as `L`, a script such as `Greek`, or `Name=Value`. Null for an unknown one. */
export function unicodeProperty(name: string): CharTest | null {
  if (!/^[A-Za-z_]+(=[A-Za-z_]+)?$/.test(name)) return null
  for (const source of [`\\p{${name}}`, `\\p{Script=${name}}`]) {
    try {
      return native(source)
    } catch {
      // The next form may know the name.
    }
  }
  return null
}

/** A code point that all forms of a letter share. */
export function foldCase(code: number): number {
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code
  const folded = String.fromCodePoint(code).toUpperCase().toLowerCase()
  const first = folded.codePointAt(0) ?? code
  return folded.length === String.fromCodePoint(first).length ? first : code
}
