import { type FieldError, fieldError } from '../../../platform/fieldError.ts'

export type JsonObject = Record<string, unknown>

/** The fields of an object; null for what is none. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}

/** Text that says something. */
export function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function validatePercentage(path: readonly string[], value: unknown): FieldError[] {
  return typeof value === 'number' && value >= 0 && value <= 100 ? [] : [fieldError(path, 'Must be a number from 0 to 100.')]
}
