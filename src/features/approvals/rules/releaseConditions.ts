import { asArray, asObject, canonicalJson, ExactNumber, type JsonObject } from '../../../platform/json.ts'

// The release conditions of a flag: what decides who gets it, without percentages. They are converted to a canonical form, so that
// equivalent conditions have equal texts (approvals.md 3.3).

const displayOnlyKeys = new Set(['label', 'cohort_name', 'group_key_names'])
const operatorAliases: Record<string, string> = { min: 'gte', max: 'lte' }

/** Converts a property to its current form. Older ones have other names for operators, or a number as key. */
export function normalizeProperty({ key, operator, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    key: typeof key === 'number' || key instanceof ExactNumber ? String(key) : key,
    ...(operator === undefined ? {} : { operator: typeof operator === 'string' ? (operatorAliases[operator] ?? operator) : operator }),
  }
}

/**
 * The group type that a condition set aggregates by. Null means people, also in a flag of groups. Only a set without the key has the group
 * type of the flag.
 */
export function groupTypeOf({ aggregation_group_type_index: own }: JsonObject, flagIndex: unknown): unknown {
  return (own === undefined ? flagIndex : own) ?? null
}

/** The canonical text of a condition set without its percentage: its properties, its group type, and the variant that it forces. */
export function canonicalConditions(group: unknown, filters: unknown): string {
  const fields = asObject(group)
  if (fields === null) return canonicalJson(group)
  const { properties, variant } = fields
  return canonicalJson({
    properties: Array.isArray(properties) ? properties.map(canonicalProperty).sort() : (properties ?? []),
    group: groupTypeOf(fields, asObject(filters)?.aggregation_group_type_index),
    variant: variant === '' ? null : (variant ?? null),
  })
}

function canonicalProperty(value: unknown): string {
  const fields = asObject(value)
  if (fields === null) return canonicalJson(value)
  const { operator, negation, key, ...rest } = normalizeProperty(fields)
  const relevant = Object.entries(rest).filter(([name, inner]) => !displayOnlyKeys.has(name) && inner !== null)
  return canonicalJson({
    ...Object.fromEntries(relevant),
    key,
    operator: operator ?? 'exact',
    ...(negation === false || negation == null ? {} : { negation }),
  })
}

/**
 * Returns the filters of a flag with its bucketing, which is stored beside them, as the policies compare both. Malformed filters have none.
 */
export function withBucketing(filters: unknown, bucketingIdentifier: string | undefined): unknown {
  const fields = asObject(filters)
  return fields === null || bucketingIdentifier !== 'device_id' ? filters : { ...fields, bucketing_identifier: bucketingIdentifier }
}

/** The settings that apply to all condition sets, by path. */
export function commonConditions(filters: unknown): Record<string, unknown> {
  const fields = asObject(filters) ?? {}
  return {
    bucketing_identifier: fields.bucketing_identifier === 'device_id' ? 'device_id' : 'distinct_id',
    early_exit: fields.early_exit === true,
    feature_enrollment: fields.feature_enrollment === true,
  }
}

/** Whether the order of condition sets affects the result: evaluation stops early, or a set forces a variant. */
export function orderMatters(filters: unknown): boolean {
  const fields = asObject(filters) ?? {}
  return fields.early_exit === true || (asArray(fields.groups) ?? []).some((group) => Boolean(asObject(group)?.variant))
}
