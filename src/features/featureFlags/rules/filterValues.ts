import { type Fault, fault } from '../../../platform/fieldError.ts'

export type Fields = Record<string, unknown>

/** The fields of an object; null for what is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

/** Text that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

export function checkPercentage(path: readonly string[], value: unknown): Fault[] {
  return typeof value === 'number' && value >= 0 && value <= 100 ? [] : [fault(path, 'Must be a number from 0 to 100.')]
}
