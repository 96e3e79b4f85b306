import { asObject, type JsonObject, toJsonValue } from '../../../platform/json.ts'
import { readFlagRules } from './flagRules.ts'
import type { EvaluatedFlag } from './flagWorld.ts'

/** The values of a flag that decide who gets what, under the names of its columns. */
export interface FlagValues {
  id: number
  key: string
  active: boolean
  deleted: boolean
  bucketingIdentifier: string | null
  filters: unknown
}

/**
 * Returns the values of a flag after a change.
 *
 * @param changes the changed values, those of the filters as `filters.groups`. A null there stands for none.
 */
export function withChanges(flag: FlagValues, changes: JsonObject): FlagValues {
  const filters: JsonObject = { ...asObject(flag.filters) }
  const columns: JsonObject = {}
  for (const [path, value] of Object.entries(changes)) {
    if (!path.startsWith('filters.')) columns[path] = value
    else if (value === null || value === undefined) delete filters[path.slice('filters.'.length)]
    else filters[path.slice('filters.'.length)] = value
  }
  return toFlagValues({ ...flag, ...columns, filters })
}

/** Reads the values of a flag, which may have others beside them. */
export function toFlagValues({ id, key, active, deleted, bucketingIdentifier, filters }: JsonObject & { id: number }): FlagValues {
  return {
    id,
    key: String(key),
    active: active === true,
    deleted: deleted === true,
    bucketingIdentifier: typeof bucketingIdentifier === 'string' ? bucketingIdentifier : null,
    filters,
  }
}

/** The flag with these values, as it is evaluated. */
export function toEvaluatedFlag({ id, key, active, deleted, bucketingIdentifier, filters }: FlagValues): EvaluatedFlag {
  // As the database would give them back.
  const rules = readFlagRules(toJsonValue(filters))
  return { id, key, active, deleted, byDevice: bucketingIdentifier === 'device_id', rules }
}
