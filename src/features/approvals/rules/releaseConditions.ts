import { asArray, asObject, canonicalJson, type JsonObject } from '../../../platform/json.ts'

// What of a flag's condition sets decides who gets it, apart from percentages, in a form in which equal saves are equal
// (approvals.md 3.3).

const displayOnlyKeys = new Set(['label', 'cohort_name', 'group_key_names'])
const operatorAliases: Record<string, string> = { min: 'gte', max: 'lte' }

/** A property as it is stored now. Older ones have other names for operators, or a number as key. */
export function normalizeProperty({ key, operator, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    key: typeof key === 'number' ? String(key) : key,
    ...(operator === undefined ? {} : { operator: typeof operator === 'string' ? (operatorAliases[operator] ?? operator) : operator }),
  }
}

/** A condition set without its percentage: its properties, whom it is about, and the variant it forces. */
export function canonicalConditions(group: unknown, filters: unknown): string {
  const fields = asObject(group)
  if (fields === null) return canonicalJson(group)
  const { properties, variant } = fields
  return canonicalJson({
    properties: Array.isArray(properties) ? properties.map(canonicalProperty).sort() : (properties ?? []),
    group: fields.aggregation_group_type_index ?? asObject(filters)?.aggregation_group_type_index ?? null,
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

/** The settings of all condition sets together, by path. */
export function commonConditions(filters: unknown): Record<string, unknown> {
  const fields = asObject(filters) ?? {}
  return {
    bucketing_identifier: fields.bucketing_identifier === 'device_id' ? 'device_id' : 'distinct_id',
    early_exit: fields.early_exit === true,
    feature_enrollment: fields.feature_enrollment === true,
  }
}

/** Whether the order of condition sets decides who gets what: where evaluation stops at one, or a set forces a variant. */
export function orderMatters(filters: unknown): boolean {
  const fields = asObject(filters) ?? {}
  return fields.early_exit === true || (asArray(fields.groups) ?? []).some((group) => Boolean(asObject(group)?.variant))
}
