import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../../platform/json.ts'

// A stored object, such as a metric, is read and written part by part. A part that did not change keeps its bytes, and so do all keys that
// no part knows.

/** Thrown when a stored value cannot be said in types. The message says why, for people. */
export class Unreadable extends Error {}

/** The reason as a sentence. */
export function asSentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}

/** One typed value of a stored object. */
export interface Part<Value> {
  /** The keys that hold the value, and nothing else. */
  keys: readonly string[]
  /** @throws Unreadable when the stored value cannot be said in types */
  read(stored: JsonObject): Value
  /**
   * Returns the keys that say the value.
   *
   * @param base the object that is changed. Nested objects keep what types cannot say.
   */
  write(value: Value, base: JsonObject): JsonObject
}

export type Parts<Values> = { readonly [Name in keyof Values]: Part<Values[Name]> }

/** @throws Unreadable when one of the parts cannot be read */
export function readParts<Values extends object>(parts: Parts<Values>, stored: JsonObject): Values {
  return Object.fromEntries(entriesOf(parts).map(([name, part]) => [name, part.read(stored)])) as Values
}

/** Returns `base` with these values. Parts that already say theirs stay as they are. */
export function writeParts<Values extends object>(parts: Parts<Values>, values: Values, base: JsonObject): JsonObject {
  const changed = (stored: JsonObject) => entriesOf(parts).filter(([name, part]) => !says(part, stored, values[name as keyof Values]))
  let stored = base
  // Twice, because what a part reads may depend on the keys of another.
  for (const _ of [1, 2]) {
    for (const [name, part] of changed(stored)) {
      const others = Object.entries(stored).filter(([key]) => !part.keys.includes(key))
      stored = { ...Object.fromEntries(others), ...part.write(values[name as keyof Values], stored) }
    }
  }
  return stored
}

function says(part: Part<unknown>, stored: JsonObject, value: unknown): boolean {
  try {
    return isDeepStrictEqual(part.read(stored), value)
  } catch {
    return false
  }
}

const entriesOf = (parts: object) => Object.entries(parts) as [string, Part<unknown>][]
