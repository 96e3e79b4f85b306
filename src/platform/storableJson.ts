import { type FieldError, fieldError } from './fieldError.ts'
import { ExactNumber, storedBytes } from './json.ts'

/** More levels than any real filters have, and too few to overflow the stack of the database or of this process. */
export const maxJsonDepth = 500
/** JavaScript's numbers end here, and nobody needs more digits. */
const maxDigits = 308

/**
 * Returns why PostgreSQL cannot store a value: the place in the value, and the reason. Null if it can be stored. Rows are checked before
 * they are written, because one failed statement rolls back the whole import.
 */
export function findUnstorable(value: unknown, path: readonly string[] = []): string | null {
  if (typeof value === 'string') return findUnstorableText(value, path)
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${formatPath(path)} must be a number below 1e308`
  if (value instanceof ExactNumber) return findUnstorableNumber(value, path)
  if (typeof value !== 'object' || value === null || value instanceof Date) return null
  if (path.length > maxJsonDepth) return `${formatPath(path)} must not be nested deeper than ${maxJsonDepth} levels`
  for (const [key, inner] of Object.entries(value)) {
    // Assigning this key would set the object's prototype, and the value would be lost.
    if (key === '__proto__') return `${formatPath(path)} must not have the key __proto__`
    const reason = findUnstorableText(key, path) ?? findUnstorable(inner, [...path, key])
    if (reason !== null) return reason
  }
  return null
}

/** Checks a JSON value of an input: PostgreSQL must be able to store it, and it must have at most `maxBytes` bytes. */
export function validateStorable(path: readonly string[], value: unknown, maxBytes: number): FieldError[] {
  const reason = findUnstorable(value)
  if (reason !== null) return [fieldError(path, `Cannot be stored: ${reason}.`)]
  return storedBytes(value) <= maxBytes ? [] : [fieldError(path, `Must be at most ${maxBytes} bytes of JSON.`, 'max_length')]
}

/** PostgreSQL stores all digits of a number, so an exponent can become many. */
function findUnstorableNumber(number: ExactNumber, path: readonly string[]): string | null {
  if (!Number.isFinite(number.toNumber())) return `${formatPath(path)} must be a number below 1e${maxDigits}`
  const exponent = Number(/[eE](.*)$/.exec(number.text)?.[1] ?? 0)
  if (number.text.length <= maxDigits && Math.abs(exponent) <= maxDigits) return null
  return `${formatPath(path)} must be a number of at most ${maxDigits} digits`
}

function findUnstorableText(text: string, path: readonly string[]): string | null {
  if (text.includes('\0')) return `${formatPath(path)} must not have a NUL character (\\u0000): PostgreSQL cannot store it`
  if (!text.isWellFormed()) return `${formatPath(path)} must not have half of a surrogate pair (\\ud800 to \\udfff): it is not a character`
  return null
}

function formatPath(path: readonly string[]): string {
  if (path.length === 0) return 'it'
  return path.length > 6 ? `${path.slice(0, 6).join('.')}…` : path.join('.')
}
