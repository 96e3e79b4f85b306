import { asObject, isObject, type JsonObject } from '../../../platform/json.ts'
import { groupTypeOf, normalizeProperty } from '../../approvals/rules/releaseConditions.ts'

/**
 * Converts valid filters to the stored form (experiments.md 2). They replace the stored keys at the top level. Legacy keys are dropped.
 * Payloads become JSON text. Each condition set gets its group type. If all sets have the same one, the flag gets it too.
 */
export function normalizeFilters(input: unknown, stored: unknown): JsonObject {
  const fields = asObject(input) ?? {}
  const { super_groups: _, holdout_groups: __, ...current } = fields
  const merged: JsonObject = { ...(asObject(stored) ?? {}), ...current }
  if ('payloads' in fields) merged.payloads = encodePayloads(fields.payloads)
  if (!Array.isArray(merged.groups) || !('groups' in fields || 'aggregation_group_type_index' in fields)) return merged

  const flagIndex = merged.aggregation_group_type_index ?? null
  const groups = merged.groups.map((group) => normalizeConditionSet(group, flagIndex))
  const indexes = new Set(groups.map((group) => asObject(group)?.aggregation_group_type_index ?? null))
  const [common = flagIndex] = indexes
  const usesGroups = flagIndex !== null || [...indexes].some((index) => index !== null)
  return { ...merged, groups, ...(usesGroups ? { aggregation_group_type_index: indexes.size <= 1 ? common : null } : {}) }
}

function normalizeConditionSet(group: unknown, flagIndex: unknown): unknown {
  const fields = asObject(group)
  if (fields === null) return group
  const index = groupTypeOf(fields, flagIndex)
  return {
    ...fields,
    properties: Array.isArray(fields.properties)
      ? fields.properties.map((property: unknown) => (isObject(property) ? normalizeProperty(property) : property))
      : [],
    // A null of the set's own stays: it means people, whatever the flag has.
    ...(index === null ? {} : { aggregation_group_type_index: index }),
  }
}

/** Payloads are stored as JSON text. A string is that text already. A null payload is left out. */
function encodePayloads(payloads: unknown): JsonObject | null {
  const fields = asObject(payloads)
  if (fields === null) return null
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value === null ? [] : [[key, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  )
}
