import { canonicalJson, ExactNumber, toNearestNumber } from '../../../platform/json.ts'

// What the values of filters and properties count as (evaluation.md 7).

/** A string is itself. Everything else is its compact JSON, with sorted keys. */
export function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber) ? canonicalJson(value) : String(value)
}

// No two parts can take the same digits: else a long text of digits that ends in a letter would take the square of its length.
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** A JSON number, or text that is wholly a decimal number. Null for anything else. */
export function numberOf(value: unknown): number | null {
  const number = toNearestNumber(value)
  if (typeof number === 'number') return number
  return typeof number === 'string' && decimal.test(number) ? Number(number) : null
}

/** Lower case for the letters A to Z alone. */
export function foldAscii(text: string): string {
  // What only has such letters needs no look at each of them.
  return /[^\0-\x7f]/.test(text) ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase()
}

/** Whether a filter's value is a boolean, the text of one, or a list of nothing else. */
export function isBooleanLike(value: unknown): boolean {
  if (typeof value === 'boolean') return true
  if (typeof value === 'string') return /^(true|false)$/i.test(value)
  return Array.isArray(value) && value.every(isBooleanLike)
}

/** True and "true" are true, and so is a list of nothing else. Everything else is false. */
export function truthOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return value.length === 4 && value.toLowerCase() === 'true'
  return Array.isArray(value) && value.every(truthOf)
}
