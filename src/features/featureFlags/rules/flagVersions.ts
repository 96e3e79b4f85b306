import { isDeepStrictEqual } from 'node:util'
import { asObject, type JsonObject, toJsonValue } from '../../../platform/json.ts'

// The versions of a flag, rebuilt from its audit trail: from the flag as it is, each entry is undone, the newest first.

/** An entry of the trail that changed the flag. `before` and `after` hold the changed values, those of the filters as `filters.groups`. */
export interface FlagEntry {
  /** The version that the change made. Null in entries of older versions of the service. */
  version: number | null
  before: JsonObject
  after: JsonObject
  createdAt: Date
  userId: number | null
}

export interface FlagVersion {
  number: number
  current: boolean
  /** When the version was made, and by whom. Null where the trail does not tell. */
  createdAt: Date | null
  userId: number | null
  /** The values of the flag: its columns, with all of `filters` in one object. */
  snapshot: JsonObject
  /** The values that the version changed. */
  before: JsonObject
  after: JsonObject
  /** Whether the snapshot is all that the flag was. False where the trail has a gap. */
  complete: boolean
}

/** The columns of a flag that its trail has. */
export interface CurrentFlag {
  version: number
  createdAt: Date
  createdById: number | null
  values: JsonObject
  /** Whether values are kept secret, which the trail does not have. */
  hasSecrets: boolean
}

/**
 * Returns the versions of a flag, the newest first.
 *
 * @param entries the entries that changed the flag, the newest first
 * @param isAll whether there are no older entries
 */
export function rebuildVersions(current: CurrentFlag, entries: readonly FlagEntry[], isAll: boolean): FlagVersion[] {
  const versions: FlagVersion[] = []
  let values = flatten(current.values)
  let number = current.version
  let complete = !current.hasSecrets
  const add = (origin: { createdAt: Date | null; userId: number | null }, changes: { before: JsonObject; after: JsonObject }) => {
    const { createdAt, userId } = origin
    versions.push({ number, current: number === current.version, createdAt, userId, ...changes, snapshot: unflatten(values), complete })
  }
  for (const entry of entries) {
    const [before, after] = [flatten(entry.before), flatten(entry.after)]
    // A version that is newer than all that is known of this flag was numbered anew, as an import does.
    if (entry.version !== null && entry.version < number) {
      // Something that left no entry made the version, or several.
      add(unknownOrigin, noChanges)
      complete = false
      number = entry.version
    }
    if (!Object.entries(after).every(([key, value]) => isSame(value, values[key]))) complete = false
    values = { ...values, ...after }
    add(entry, { before, after })
    number--
    if (isCreation(before, after)) return versions
    values = { ...values, ...before }
    if (number < 1) return versions
  }
  // What was there before the first known change.
  const isFirst = isAll && number === 1
  add(isFirst ? { createdAt: current.createdAt, userId: current.createdById } : unknownOrigin, noChanges)
  return versions
}

const unknownOrigin = { createdAt: null, userId: null }
const noChanges = { before: {}, after: {} }

const isCreation = (before: JsonObject, after: JsonObject) => Object.keys(before).length === 0 && typeof after.key === 'string'

/** An absent value and null are the same in the trail. */
const isSame = (a: unknown, b: unknown) => isDeepStrictEqual(toJsonValue(a ?? null), toJsonValue(b ?? null))

/** `filters: { groups }` becomes `filters.groups`. Evaluation contexts have no order. */
function flatten({ filters, ...columns }: JsonObject): JsonObject {
  const fields = asObject(filters)
  const { evaluationContexts: contexts } = columns
  const values = Array.isArray(contexts) ? { ...columns, evaluationContexts: contexts.toSorted() } : columns
  if (fields === null) return filters === undefined ? values : { ...values, filters }
  return { ...values, ...Object.fromEntries(Object.entries(fields).map(([key, value]) => [`filters.${key}`, value])) }
}

function unflatten(values: JsonObject): JsonObject {
  const [columns, filters]: [JsonObject, JsonObject] = [{}, {}]
  for (const [key, value] of Object.entries(values)) {
    if (!key.startsWith('filters.')) columns[key] = value
    else if (value !== null) filters[key.slice('filters.'.length)] = value
  }
  return 'filters' in columns ? columns : { ...columns, filters }
}
