import { isObject, type JsonObject, toNearestNumber } from '../../../../src/platform/json.ts'
import { type Micros, parseTime } from '../state/time.ts'
import { validationError } from './errors.ts'

/** Checks one field of a body. The texts and codes are those of PostHog's framework. */
export type Reader<T = unknown> = (value: unknown, attr: string) => T

export const nullable =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, attr) =>
    value === null ? null : read(value, attr)

export const text =
  (max = Number.POSITIVE_INFINITY, blank = true): Reader<string> =>
  (value, attr) => {
    if (typeof value !== 'string') throw validationError('Not a valid string.', attr)
    if (!blank && value.trim() === '') throw validationError('This field may not be blank.', attr, 'blank')
    if (value.length > max) throw validationError(`Ensure this field has no more than ${max} characters.`, attr, 'max_length')
    return value
  }

export const bool: Reader<boolean> = (value, attr) => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw validationError('Must be a valid boolean.', attr)
}

export const integer: Reader<number> = (value, attr) => {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : toNearestNumber(value)
  if (typeof number !== 'number' || !Number.isInteger(number)) throw validationError('A valid integer is required.', attr)
  return number
}

export const time: Reader<Micros> = (value, attr) => {
  const micros = typeof value === 'string' ? parseTime(value) : undefined
  if (micros === undefined) throw validationError('Datetime has wrong format.', attr)
  return micros
}

export const object: Reader<JsonObject> = (value, attr) => {
  if (!isObject(value)) throw validationError('Value must be a valid JSON object.', attr)
  return value
}

export const list =
  <T>(read: Reader<T>): Reader<T[]> =>
  (value, attr) => {
    if (!Array.isArray(value)) throw validationError(`Expected a list of items but got type "${typeof value}".`, attr, 'not_a_list')
    return value.map((item, at) => read(item, `${attr}__${at}`))
  }

export const choice =
  (...choices: string[]): Reader<string> =>
  (value, attr) => {
    if (!choices.includes(value as string)) throw validationError(`"${value}" is not a valid choice.`, attr, 'invalid_choice')
    return value as string
  }

export const anything: Reader = (value) => value

type Readers = Record<string, Reader>
type Read<R extends Readers> = { [K in keyof R]?: ReturnType<R[K]> }

/** Reads the known fields of a body. Unknown ones are ignored, as PostHog does; null where it is not allowed is an error. */
export function readFields<R extends Readers>(body: unknown, readers: R, required: readonly (keyof R & string)[] = []): Read<R> {
  if (!isObject(body)) throw validationError('Invalid data. Expected a dictionary.', 'non_field_errors')
  const found: JsonObject = {}
  for (const [name, read] of Object.entries(readers)) {
    if (body[name] === undefined) {
      if (required.includes(name)) throw validationError('This field is required.', name, 'required')
      continue
    }
    const accepts = body[name] === null && read !== anything ? acceptsNull(read) : true
    if (!accepts) throw validationError('This field may not be null.', name, 'null')
    found[name] = read(body[name], name)
  }
  return found as Read<R>
}

function acceptsNull(read: Reader): boolean {
  try {
    return read(null, '') === null
  } catch {
    return false
  }
}
