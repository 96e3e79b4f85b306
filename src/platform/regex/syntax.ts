import { charTests, foldCase, posixClass, unicodeProperty } from './characters.ts'

// The syntax of patterns: that of Rust's `fancy_regex`, which PostHog's service uses. Look-around, atomic groups and references to groups work.

/** The longest pattern, in UTF-16 units. */
export const maxPatternLength = 5_000
const maxNesting = 100
/** PostgreSQL and Rust have similar bounds. A larger number makes a program that is too large anyway. */
const maxRepeats = 1_000

export type CharTest = (code: number) => boolean
export interface CharClass {
  test: CharTest
  /** How long it takes to judge one character: as many comparisons. */
  weight: number
}
export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordEdge' | 'noWordEdge'

export type Pattern =
  | { type: 'char'; code: number }
  | ({ type: 'set' } & CharClass)
  | { type: 'sequence'; items: Pattern[] }
  | { type: 'choice'; options: Pattern[] }
  | { type: 'repeat'; item: Pattern; min: number; max: number; lazy: boolean }
  | { type: 'group'; item: Pattern; index: number }
  | { type: 'assertion'; what: Assertion }
  | { type: 'look'; item: Pattern; behind: boolean; negated: boolean }
  | { type: 'atomic'; item: Pattern }
  | { type: 'reference'; index: number; foldsCase: boolean }

export interface ParsedPattern {
  pattern: Pattern
  /** The number of groups that are remembered. */
  groups: number
  hasReferences: boolean
}

interface Flags {
  foldsCase: boolean
  multiline: boolean
  dotAll: boolean
  spaced: boolean
}

const flagNames: Record<string, keyof Flags | null> = { i: 'foldsCase', m: 'multiline', s: 'dotAll', x: 'spaced', u: null, U: null }
const escapedChars: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', e: '\x1b' }
const assertions: Record<string, Assertion> = { A: 'textStart', z: 'textEnd', Z: 'textEnd', b: 'wordEdge', B: 'noWordEdge' }

class InvalidPattern extends Error {}

/** Parses a pattern. Null when it is invalid, or beyond the bounds. */
export function parsePattern(text: string): ParsedPattern | null {
  if (text.length > maxPatternLength) return null
  try {
    return new Parser(text).parse()
  } catch (error) {
    if (error instanceof InvalidPattern) return null
    throw error
  }
}

class Parser {
  readonly #chars: string[]
  #at = 0
  #depth = 0
  /** Quantifiers of what already has one, such as the second of `a**`. */
  #stacked = 0
  #groups = 0
  readonly #names = new Map<string, number>()
  readonly #references: { index: number | string; node: { index: number } }[] = []

  constructor(text: string) {
    this.#chars = [...text]
  }

  parse(): ParsedPattern {
    const pattern = this.#choice({ foldsCase: false, multiline: false, dotAll: false, spaced: false })
    if (this.#at < this.#chars.length) throw new InvalidPattern()
    for (const { index, node } of this.#references) {
      const number = typeof index === 'number' ? index : (this.#names.get(index) ?? 0)
      if (number < 1 || number > this.#groups) throw new InvalidPattern()
      node.index = number
    }
    return { pattern, groups: this.#groups, hasReferences: this.#references.length > 0 }
  }

  #peek(): string | undefined {
    return this.#chars[this.#at]
  }

  #next(): string {
    const char = this.#chars[this.#at++]
    if (char === undefined) throw new InvalidPattern()
    return char
  }

  #take(text: string): boolean {
    for (let n = 0; n < text.length; n++) if (this.#chars[this.#at + n] !== text[n]) return false
    this.#at += text.length
    return true
  }

  #until(end: string): string {
    const from = this.#at
    while (this.#next() !== end);
    return this.#chars.slice(from, this.#at - 1).join('')
  }

  #choice(outer: Flags): Pattern {
    if (++this.#depth > maxNesting) throw new InvalidPattern()
    const flags = { ...outer }
    const options = [this.#sequence(flags)]
    while (this.#take('|')) options.push(this.#sequence(flags))
    this.#depth--
    return options.length === 1 ? (options[0] as Pattern) : { type: 'choice', options }
  }

  /** A flag in the middle applies up to the end of its group, so `flags` is changed in place. */
  #sequence(flags: Flags): Pattern {
    const items: Pattern[] = []
    for (let char = this.#peek(); char !== undefined && char !== '|' && char !== ')'; char = this.#peek()) {
      if (flags.spaced && this.#skipSpace()) continue
      const item = this.#atom(flags)
      if (item !== null) items.push(this.#quantified(item, flags))
    }
    return items.length === 1 ? (items[0] as Pattern) : { type: 'sequence', items }
  }

  #skipSpace(): boolean {
    if (/\s/.test(this.#peek() ?? '')) this.#at++
    else if (this.#take('#')) while (this.#peek() !== undefined && this.#next() !== '\n');
    else return false
    return true
  }

  #quantified(item: Pattern, flags: Flags): Pattern {
    let result = item
    for (let times = 0; ; times++) {
      if (flags.spaced) while (this.#skipSpace());
      const range = this.#range()
      if (range === null) return result
      const lazy = this.#take('?')
      const possessive = !lazy && this.#take('+')
      const repeat: Pattern = { type: 'repeat', item: result, ...range, lazy }
      result = possessive ? { type: 'atomic', item: repeat } : repeat
      if (times > 0 && ++this.#stacked > maxNesting) throw new InvalidPattern()
    }
  }

  #range(): { min: number; max: number } | null {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY }
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY }
    if (this.#take('?')) return { min: 0, max: 1 }
    if (this.#peek() !== '{') return null
    const found = /^\{(\d{1,5})(?:(,)(\d{1,5})?)?\}/.exec(this.#chars.slice(this.#at, this.#at + 14).join(''))
    if (found === null) return null
    this.#at += found[0].length
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])
    if (min > max || min > maxRepeats || (max > maxRepeats && max !== Number.POSITIVE_INFINITY)) throw new InvalidPattern()
    return { min, max }
  }

  /** One item of a sequence. Null for what stands for nothing, such as a flag. */
  #atom(flags: Flags): Pattern | null {
    const char = this.#next()
    if (char === '(') return this.#group(flags)
    if (char === '[') return { type: 'set', ...this.#charClass(flags) }
    if (char === '.') return { type: 'set', test: flags.dotAll ? () => true : (code) => code !== 10, weight: 1 }
    if (char === '^') return { type: 'assertion', what: flags.multiline ? 'lineStart' : 'textStart' }
    if (char === '$') return { type: 'assertion', what: flags.multiline ? 'lineEnd' : 'textEnd' }
    if (char === '\\') return this.#escape(flags)
    if (char === '*' || char === '+' || char === '?') throw new InvalidPattern()
    return toChar(codeOf(char), flags)
  }

  #group(flags: Flags): Pattern | null {
    if (!this.#take('?')) return this.#remembered(flags)
    if (this.#take('#')) {
      this.#until(')')
      return null
    }
    if (this.#take(':')) return this.#closed(this.#choice(flags))
    if (this.#take('>')) return { type: 'atomic', item: this.#closed(this.#choice(flags)) }
    for (const behind of [false, true]) {
      for (const negated of [false, true]) {
        if (!this.#take(`${behind ? '<' : ''}${negated ? '!' : '='}`)) continue
        return { type: 'look', item: this.#closed(this.#choice(flags)), behind, negated }
      }
    }
    if (this.#take('P=')) return this.#reference(this.#until(')'), flags)
    if (this.#take('P<') || this.#take('<')) {
      const name = this.#until('>')
      if (!/^[A-Za-z_][\w.[\]]*$/.test(name) || this.#names.has(name)) throw new InvalidPattern()
      this.#names.set(name, this.#groups + 1)
      return this.#remembered(flags)
    }
    return this.#flagGroup(flags)
  }

  #remembered(flags: Flags): Pattern {
    const index = ++this.#groups
    return { type: 'group', index, item: this.#closed(this.#choice(flags)) }
  }

  #closed(item: Pattern): Pattern {
    if (!this.#take(')')) throw new InvalidPattern()
    return item
  }

  /** `(?i)`, `(?i-s)` or `(?i:…)`. */
  #flagGroup(flags: Flags): Pattern | null {
    const changed = { ...flags }
    let value = true
    for (let char = this.#next(); char !== ')' && char !== ':'; char = this.#next()) {
      const name = flagNames[char]
      if (char === '-' && value) value = false
      else if (name === undefined) throw new InvalidPattern()
      else if (name !== null) changed[name] = value
    }
    if (this.#chars[this.#at - 1] === ':') return this.#closed(this.#choice(changed))
    Object.assign(flags, changed)
    return null
  }

  #reference(index: number | string, { foldsCase }: Flags): Pattern {
    const node = { type: 'reference' as const, index: 0, foldsCase }
    this.#references.push({ index, node })
    return node
  }

  #escape(flags: Flags): Pattern {
    const char = this.#peek() ?? ''
    const what = assertions[char]
    if (what !== undefined) {
      this.#at++
      return { type: 'assertion', what }
    }
    if (this.#take('k<')) return this.#reference(this.#until('>'), flags)
    if (/[1-9]/.test(char)) {
      const digits = /^\d{1,2}/.exec(this.#chars.slice(this.#at, this.#at + 2).join(''))?.[0] ?? ''
      this.#at += digits.length
      return this.#reference(Number(digits), flags)
    }
    const escaped = this.#escapedChars()
    return typeof escaped === 'number' ? toChar(escaped, flags) : { type: 'set', ...withCase(escaped, flags) }
  }

  /** What stands after a backslash, inside a class and outside: a character or a class. */
  #escapedChars(): number | CharClass {
    const char = this.#next()
    const test = charTests[char]
    if (test !== undefined) return { test, weight: namedWeight }
    if (char === 'p' || char === 'P') return this.#property(char === 'P')
    if (char === 'x') return this.#hexChar(2)
    if (char === 'u') return this.#hexChar(4)
    if (char === 'U') return this.#hexChar(8)
    const control = escapedChars[char]
    if (control !== undefined) return codeOf(control)
    // Letters and digits are kept for meanings that this parser does not know.
    if (/[A-Za-z0-9]/.test(char)) throw new InvalidPattern()
    return codeOf(char)
  }

  #property(negated: boolean): CharClass {
    const name = this.#take('{') ? this.#until('}') : this.#next()
    const isNegated = negated !== name.startsWith('^')
    const test = unicodeProperty(name.replace(/^\^/, ''))
    if (test === null) throw new InvalidPattern()
    return { test: isNegated ? (code) => !test(code) : test, weight: namedWeight }
  }

  #hexChar(digits: number): number {
    const hex = this.#take('{') ? this.#until('}') : Array.from({ length: digits }, () => this.#next()).join('')
    const code = /^[0-9a-fA-F]{1,8}$/.test(hex) ? Number.parseInt(hex, 16) : Number.POSITIVE_INFINITY
    if (code > 0x10ffff) throw new InvalidPattern()
    return code
  }

  /** The rest of a class, after its `[`. Its items are widened where case does not count, so the class as a whole need not be. */
  #charClass(flags: Flags): CharClass {
    if (++this.#depth > maxNesting) throw new InvalidPattern()
    const negated = this.#take('^')
    const items: CharClass[] = []
    for (let isFirst = true; ; isFirst = false) {
      const char = this.#next()
      if (char === ']' && !isFirst) break
      if ((char === '&' || char === '~' || char === '-') && this.#peek() === char) throw new InvalidPattern()
      items.push(this.#classItem(char, flags))
    }
    this.#depth--
    const test: CharTest = (code) => items.some((item) => item.test(code))
    const weight = items.reduce((sum, item) => sum + item.weight, 1)
    return { test: negated ? (code) => !test(code) : test, weight }
  }

  #classItem(char: string, flags: Flags): CharClass {
    if (char === '[' && this.#take(':')) {
      const negated = this.#take('^')
      const test = posixClass(this.#until(':'))
      if (test === null || !this.#take(']')) throw new InvalidPattern()
      return { test: negated ? (code) => !test(code) : test, weight: namedWeight }
    }
    if (char === '[') return this.#charClass(flags)
    const from = char === '\\' ? this.#escapedChars() : codeOf(char)
    if (typeof from !== 'number') return withCase(from, flags)
    if (this.#peek() !== '-' || this.#chars[this.#at + 1] === ']' || this.#chars[this.#at + 1] === undefined) {
      return withCase({ test: (code) => code === from, weight: 1 }, flags)
    }
    this.#at++
    const end = this.#next()
    const to = end === '\\' ? this.#escapedChars() : codeOf(end)
    if (typeof to !== 'number' || to < from) throw new InvalidPattern()
    return withCase({ test: (code) => code >= from && code <= to, weight: 1 }, flags)
  }
}

/** The weight of a class with a name, such as `\\w`: beyond ASCII, a native expression judges it. */
const namedWeight = 8
/** How much heavier a test is where case does not count, because two more characters are looked up and tried. */
const caseFactor = 8

const codeOf = (char: string): number => char.codePointAt(0) ?? 0

function toChar(code: number, { foldsCase }: Flags): Pattern {
  if (!foldsCase) return { type: 'char', code }
  const folded = foldCase(code)
  return { type: 'set', test: (other) => other === code || foldCase(other) === folded, weight: caseFactor }
}

/** Where case does not count, a class also holds the other forms of its letters. The items of a class are widened before it is negated. */
function withCase({ test, weight }: CharClass, { foldsCase }: Flags): CharClass {
  if (!foldsCase) return { test, weight }
  const isHeld: CharTest = (code) => {
    if (test(code)) return true
    const char = String.fromCodePoint(code)
    return [char.toLowerCase(), char.toUpperCase()].some((other) => other !== char && [...other].length === 1 && test(codeOf(other)))
  }
  return { test: isHeld, weight: weight * caseFactor }
}
