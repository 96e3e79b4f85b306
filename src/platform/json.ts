declare global {
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
    /** A value that `JSON.stringify` writes as this text. */
    rawJSON(text: string): object
    isRawJSON(value: unknown): boolean
  }
}

/** A JSON object with unchecked fields. */
export type JsonObject = Record<string, unknown>

/** JSON with sorted keys and without exponents of exact numbers, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) => {
    if (!isObject(inner)) return inner
    if (JSON.isRawJSON(inner)) return JSON.rawJSON(plainDecimal(String(inner.rawJSON)))
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** The bytes of a value once PostgreSQL stores it as JSON. It writes `1e300` with 301 digits. All numbers must be storable. */
export function storedBytes(value: unknown): number {
  const text = JSON.stringify(value ?? null)
  if (!/\d[eE][-+]?\d/.test(text)) return Buffer.byteLength(text)
  const plain = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'number') return JSON.rawJSON(plainDecimal(String(inner)))
    return isObject(inner) && JSON.isRawJSON(inner) ? JSON.rawJSON(plainDecimal(String(inner.rawJSON))) : inner
  })
  return Buffer.byteLength(plain)
}

/** Converts a value to plain JSON: dates become text, and undefined fields are dropped. */
export function toJsonValue(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
}

/** Returns the value if it is an object. Null for anything else. */
export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

/** Returns the value if it is a list, and an empty list if it is missing. Null for anything else. */
export function asArray(value: unknown): unknown[] | null {
  return value == null ? [] : Array.isArray(value) ? value : null
}

/** Whether a value has more than `max` levels. A scalar has one. It looks no deeper than that, so that no value overflows the stack. */
export function isDeeperThan(value: unknown, max: number): boolean {
  if (max === 0) return true
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => isDeeperThan(inner, max - 1))
}

// JavaScript's numbers have about 16 digits. JSON may hold numbers with more, and PostgreSQL keeps them: the ids of other systems, for example.
// Such a number is kept as its text, and written as it was read.

/** A number in JSON that no number of JavaScript is equal to. */
export class ExactNumber {
  /** Not enumerable, so that numbers that are written otherwise, as PostgreSQL does with exponents, are deeply equal. */
  readonly #text: string
  readonly decimal: string

  constructor(text: string) {
    this.#text = text
    this.decimal = decimalOf(text)
  }

  get text(): string {
    return this.#text
  }

  toString(): string {
    return this.text
  }

  /** Whether it has no fraction. */
  get isInteger(): boolean {
    return !this.decimal.includes('e-')
  }

  /** The nearest number of JavaScript. */
  toNumber(): number {
    return Number(this.text)
  }

  /** `JSON.stringify` calls this with a key, and writes the digits. Prisma first calls it without one, and keeps the object until then. */
  toJSON(key?: string): object {
    return key === undefined ? this : JSON.rawJSON(this.text)
  }
}

/** An `ExactNumber` in the message of an error: libraries that print it by `toJSON` show it as it was read. */
export class ShownNumber extends ExactNumber {
  override toJSON(): object {
    return this.text as unknown as object
  }
}

/** Converts a number in JSON: to a number of JavaScript if that loses no digit. */
export function toExactNumber(text: string): number | ExactNumber {
  const number = Number(text)
  return isShort(text) || decimalOf(text) === decimalOf(String(number)) ? number : new ExactNumber(text)
}

/** The value of a field that only needs the nearest number. All other values are returned as they are. */
export function toNearestNumber(value: unknown): unknown {
  return value instanceof ExactNumber ? value.toNumber() : value
}

/** 15 digits without an exponent always fit. */
function isShort(text: string): boolean {
  return text.length <= 15 && !/[eE]/.test(text)
}

/** The digits and exponent of a decimal number, so that equal numbers have equal texts. */
function decimalOf(text: string): string {
  const { sign, digits, exponent } = parseDecimal(text)
  return digits === '' ? '0' : `${sign}${digits}${exponent === 0 ? '' : `e${exponent}`}`
}

/**
 * A number as PostgreSQL writes it: without an exponent, and here also without zeros at the end of a fraction. Equal numbers have equal texts.
 * Exponents that PostgreSQL does not store stay exponents, because they could become many digits.
 */
export function plainDecimal(text: string): string {
  const { sign, digits, exponent } = parseDecimal(text)
  if (digits === '') return '0'
  if (Math.abs(exponent) > maxExpandedExponent) return `${sign}${digits}e${exponent}`
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`
  const padded = digits.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

const maxExpandedExponent = 1_000

/** The number is `digits` times ten to the power of `exponent`. The digits neither begin nor end with a zero. */
function parseDecimal(text: string): { sign: string; digits: string; exponent: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = `${whole}${fraction}`
  // Not a regular expression: it would look at all zeros again at each zero of a long number.
  let end = all.length
  while (end > 0 && all[end - 1] === '0') end--
  return { sign, digits: all.slice(0, end).replace(/^0+/, ''), exponent: Number(exponent) - fraction.length + all.length - end }
}

// Most text has neither, and is parsed at full speed. The first is written out, because V8 then skips 16 characters at a time.
const manyDigits = new RegExp('[\\d.]'.repeat(16))
const greatExponent = /(?:^|[:[,\s])-?\d[\d.]*[eE][-+]?\d{3}/

const parse = JSON.parse

/**
 * Replaces `JSON.parse`, so that it keeps the numbers that do not fit as `ExactNumber`. Prisma and Yoga parse rows and requests by themselves,
 * and offer no other place.
 */
JSON.parse = (text: string, reviver?: (key: string, value: unknown, context: { source?: string }) => unknown) => {
  if (reviver !== undefined || typeof text !== 'string') return parse(text, reviver as never)
  if (!manyDigits.test(text) && !greatExponent.test(text)) return parse(text)
  return parse(text, (_key, value, { source }) => (typeof value === 'number' && source !== undefined ? toExactNumber(source) : value))
}
