import { type FieldError, fieldError } from './fieldError.ts'

/** More than anybody's filters have, and less than what makes the database or this process run out of stack. */
export const maxJsonDepth = 500

/**
 * Why PostgreSQL could not keep this value as it is: the place in it and the reason; null when it can. Asked before a row is written,
 * because one failed statement would undo the whole import.
 */
export function findUnstorable(value: unknown, path: readonly string[] = []): string | null {
  if (typeof value === 'string') return findUnstorableText(value, path)
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${formatPath(path)} must be a number below 1e308`
  if (typeof value !== 'object' || value === null || value instanceof Date) return null
  if (path.length > maxJsonDepth) return `${formatPath(path)} must not be nested deeper than ${maxJsonDepth} levels`
  for (const [key, inner] of Object.entries(value)) {
    // It would be taken for the object's prototype on the way to the database, and lost.
    if (key === '__proto__') return `${formatPath(path)} must not have the key __proto__`
    const reason = findUnstorableText(key, path) ?? findUnstorable(inner, [...path, key])
    if (reason !== null) return reason
  }
  return null
}

/** What is wrong with a JSON value of an input: PostgreSQL cannot store it, or it is too large. */
export function validateStorable(path: readonly string[], value: unknown, maxBytes: number): FieldError[] {
  const reason = findUnstorable(value)
  if (reason !== null) return [fieldError(path, `Cannot be kept: ${reason}.`)]
  return Buffer.byteLength(JSON.stringify(value ?? null)) <= maxBytes
    ? []
    : [fieldError(path, `Must be at most ${maxBytes} bytes of JSON.`, 'max_length')]
}

function findUnstorableText(text: string, path: readonly string[]): string | null {
  if (text.includes('\0')) return `${formatPath(path)} must not have a NUL character (\\u0000): PostgreSQL cannot keep it`
  if (!text.isWellFormed()) return `${formatPath(path)} must not have half of a surrogate pair (\\ud800 to \\udfff): it is no character`
  return null
}

function formatPath(path: readonly string[]): string {
  if (path.length === 0) return 'it'
  return path.length > 6 ? `${path.slice(0, 6).join('.')}…` : path.join('.')
}
