import { asObject, type JsonObject } from '../../../platform/json.ts'

// What a flag's `filters` name by numbers of its project: cohorts, other flags and group types. A copy names those of another project.

/** Converts each reference. A value may be malformed. */
export interface ReferenceMap {
  cohort(value: unknown): unknown
  /** The number of a flag as text, or its key. */
  flag(reference: unknown): unknown
  groupType(index: unknown): unknown
}

/** Returns the filters with other references. Malformed parts are returned as they are. */
export function mapReferences(filters: unknown, map: ReferenceMap): unknown {
  const fields = asObject(filters)
  if (fields === null) return filters
  return {
    ...withGroupType(fields, 'aggregation_group_type_index', map),
    ...(Array.isArray(fields.groups) ? { groups: fields.groups.map((set) => mapSet(set, map)) } : {}),
  }
}

function mapSet(set: unknown, map: ReferenceMap): unknown {
  const fields = asObject(set)
  if (fields === null) return set
  return {
    ...withGroupType(fields, 'aggregation_group_type_index', map),
    ...(Array.isArray(fields.properties) ? { properties: fields.properties.map((property) => mapProperty(property, map)) } : {}),
  }
}

function mapProperty(property: unknown, map: ReferenceMap): unknown {
  const fields = asObject(property)
  if (fields === null) return property
  if (fields.type === 'cohort') return { ...fields, value: map.cohort(fields.value) }
  if (fields.type === 'flag') return { ...fields, key: map.flag(fields.key) }
  return withGroupType(fields, 'group_type_index', map)
}

function withGroupType(fields: JsonObject, key: string, map: ReferenceMap): JsonObject {
  return fields[key] == null ? fields : { ...fields, [key]: map.groupType(fields[key]) }
}

/** What filters name, without repetition. */
export interface References {
  cohorts: readonly unknown[]
  flags: readonly string[]
  groupTypes: readonly unknown[]
}

export function collectReferences(filters: unknown): References {
  const [cohorts, flags, groupTypes] = [new Set<unknown>(), new Set<string>(), new Set<unknown>()]
  mapReferences(filters, {
    cohort: (value) => cohorts.add(value),
    flag: (reference) => flags.add(String(reference)),
    groupType: (index) => groupTypes.add(index),
  })
  return { cohorts: [...cohorts], flags: [...flags], groupTypes: [...groupTypes] }
}

/**
 * Returns the filters of a flag as far as they make sense in another project or for another experiment: without its holdout, without the stamps
 * of frozen exposures, and without encrypted payloads, whose key the service does not have.
 */
export function portableFilters({ filters, hasEncryptedPayloads }: { filters: unknown; hasEncryptedPayloads: boolean }): JsonObject {
  const { payloads, holdout: _, groups, ...others } = asObject(filters) ?? {}
  return {
    ...others,
    ...(groups === undefined ? {} : { groups: Array.isArray(groups) ? groups.map(withoutStamp) : groups }),
    ...(payloads == null || hasEncryptedPayloads ? {} : { payloads }),
    holdout: null,
  }
}

function withoutStamp(set: unknown): unknown {
  const { exposure_frozen: _, ...fields } = asObject(set) ?? {}
  return asObject(set) === null ? set : fields
}
