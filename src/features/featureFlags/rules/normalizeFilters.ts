import { type Fields, fieldsOf } from './filterValues.ts'
import { operatorAliases } from './validateConditionSets.ts'
import type { Filters } from './validateFilters.ts'

/**
 * Filters as they are stored (experiments.md 2), from faultless ones: over the stored ones at the top level, without what is legacy,
 * payloads as JSON text, and the group type on each set and, where all have the same, on the flag.
 */
export function normalisedFilters(given: Filters, stored: unknown): Filters {
  const { super_groups: _, holdout_groups: __, ...kept } = given
  const merged: Filters = { ...(fieldsOf(stored) ?? {}), ...kept }
  if ('payloads' in given) merged.payloads = encodedPayloads(given.payloads)
  if (!Array.isArray(merged.groups) || !('groups' in given || 'aggregation_group_type_index' in given)) return merged

  const flagIndex = merged.aggregation_group_type_index ?? null
  const groups = merged.groups.map((group) => conditionSet(group, flagIndex))
  const indexes = new Set(groups.map((group) => fieldsOf(group)?.aggregation_group_type_index ?? null))
  const [common = flagIndex] = indexes
  const usesGroups = flagIndex !== null || [...indexes].some((index) => index !== null)
  return { ...merged, groups, ...(usesGroups ? { aggregation_group_type_index: indexes.size <= 1 ? common : null } : {}) }
}

function conditionSet(group: unknown, flagIndex: unknown): unknown {
  const fields = fieldsOf(group)
  if (fields === null) return group
  const index = fields.aggregation_group_type_index ?? flagIndex
  return {
    ...fields,
    properties: Array.isArray(fields.properties) ? fields.properties.map(property) : [],
    ...(index === null ? {} : { aggregation_group_type_index: index }),
  }
}

function property(value: unknown): unknown {
  const fields = fieldsOf(value)
  if (fields === null) return value
  const { key, operator } = fields
  return {
    ...fields,
    key: typeof key === 'number' ? String(key) : key,
    ...(typeof operator === 'string' ? { operator: operatorAliases[operator] ?? operator } : {}),
  }
}

/** Payloads are kept as JSON text; what comes as text is that text already. One that is null is none. */
function encodedPayloads(payloads: unknown): Fields | null {
  const fields = fieldsOf(payloads)
  if (fields === null) return null
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value === null ? [] : [[key, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  )
}
