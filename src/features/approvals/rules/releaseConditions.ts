import { canonical, fieldsOf, listOf } from '../../../platform/json.ts'

// What of a flag's condition sets decides who gets it, apart from percentages, in a form in which equal saves are equal
// (approvals.md 3.3).

const forDisplay = new Set(['label', 'cohort_name', 'group_key_names'])
const aliases: Record<string, string> = { min: 'gte', max: 'lte' }

/** A condition set without its percentage: its properties, whom it is about, and the variant it forces. */
export function conditionsOf(group: unknown, filters: unknown): string {
  const fields = fieldsOf(group)
  if (fields === null) return canonical(group)
  const { properties, variant } = fields
  return canonical({
    properties: Array.isArray(properties) ? properties.map(property).sort() : (properties ?? []),
    group: fields.aggregation_group_type_index ?? fieldsOf(filters)?.aggregation_group_type_index ?? null,
    variant: variant === '' ? null : (variant ?? null),
  })
}

function property(value: unknown): string {
  const fields = fieldsOf(value)
  if (fields === null) return canonical(value)
  const { operator, negation, key, ...rest } = fields
  const kept = Object.entries(rest).filter(([name, inner]) => !forDisplay.has(name) && inner !== null)
  return canonical({
    ...Object.fromEntries(kept),
    key: typeof key === 'number' ? String(key) : key,
    operator: typeof operator === 'string' ? (aliases[operator] ?? operator) : (operator ?? 'exact'),
    ...(negation === false || negation == null ? {} : { negation }),
  })
}

/** The settings of all condition sets together, by path. */
export function commonConditions(filters: unknown): Record<string, unknown> {
  const fields = fieldsOf(filters) ?? {}
  return {
    bucketing_identifier: fields.bucketing_identifier === 'device_id' ? 'device_id' : 'distinct_id',
    early_exit: fields.early_exit === true,
    feature_enrollment: fields.feature_enrollment === true,
  }
}

/** Whether the order of condition sets decides who gets what: where evaluation stops at one, or a set forces a variant. */
export function orderMatters(filters: unknown): boolean {
  const fields = fieldsOf(filters) ?? {}
  return fields.early_exit === true || (listOf(fields.groups) ?? []).some((group) => Boolean(fieldsOf(group)?.variant))
}
