import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'

// The rules for the condition sets in a flag's `filters`: what each aggregates by, and its properties (experiments.md 2).

const textOperators = ['icontains', 'not_icontains', 'regex', 'not_regex']
const listOperators = ['icontains_multi', 'not_icontains_multi']
const orderOperators = ['gt', 'gte', 'lt', 'lte', 'min', 'max']
const dateOperators = ['is_date_exact', 'is_date_after', 'is_date_before']
const semverOperators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'tilde', 'caret', 'wildcard'].map((name) => `semver_${name}`)
const cohortOperators = ['in', 'not_in']
const operators = new Set([
  'exact',
  'is_not',
  'is_set',
  'is_not_set',
  'flag_evaluates_to',
  ...textOperators,
  ...listOperators,
  ...orderOperators,
  ...dateOperators,
  ...semverOperators,
  ...cohortOperators,
])

const propertyTypes = ['person', 'cohort', 'group', 'flag']

/**
 * Returns the errors of one condition set.
 *
 * @param flagIndex the group type of the flag, which applies to a set without one
 */
export function validateConditionSet(path: readonly string[], group: unknown, flagIndex: unknown): FieldError[] {
  const fields = asObject(group)
  if (fields === null) return [fieldError(path, 'Must be an object.')]
  const { properties, rollout_percentage: percentage, variant, description, aggregation_group_type_index: ownIndex } = fields
  const index = ownIndex ?? flagIndex ?? null
  return [
    ...(percentage == null ? [] : validatePercentage([...path, 'rollout_percentage'], percentage)),
    ...(variant == null || typeof variant === 'string' ? [] : [fieldError([...path, 'variant'], 'Must be the key of a variant, or null.')]),
    ...(description == null || typeof description === 'string' ? [] : [fieldError([...path, 'description'], 'Must be text.')]),
    ...validateGroupTypeIndex(path, ownIndex),
    ...(properties == null || Array.isArray(properties) ? [] : [fieldError([...path, 'properties'], 'Must be a list.')]),
    ...(Array.isArray(properties)
      ? properties.flatMap((property, at) => validateProperty([...path, 'properties', String(at)], property, index))
      : []),
  ]
}

function validateProperty(path: readonly string[], property: unknown, groupIndex: unknown): FieldError[] {
  const fields = asObject(property)
  if (fields === null) return [fieldError(path, 'Must be an object.')]
  const { key, type } = fields
  const isKnownType = typeof type === 'string' && propertyTypes.includes(type)
  return [
    ...((typeof key === 'string' && key !== '') || typeof key === 'number'
      ? []
      : [fieldError([...path, 'key'], 'This field is required.', 'required')]),
    ...(isKnownType ? [] : [fieldError([...path, 'type'], 'Must be person, cohort, group or flag.')]),
    ...(isKnownType ? validateAggregation(path, fields, groupIndex) : []),
    ...(fields.negation == null || typeof fields.negation === 'boolean'
      ? []
      : [fieldError([...path, 'negation'], 'Must be true or false.')]),
    ...validateOperator([...path, 'operator'], fields),
  ]
}

function validateAggregation(path: readonly string[], { type, group_type_index: index }: JsonObject, groupIndex: unknown): FieldError[] {
  if (groupIndex === null) {
    return type === 'group'
      ? [fieldError([...path, 'type'], 'Condition sets about people can only use person, cohort and flag properties.')]
      : []
  }
  if (type === 'flag') return []
  if (type !== 'group') return [fieldError([...path, 'type'], 'Condition sets about groups can only use group properties.')]
  return index === groupIndex
    ? []
    : [fieldError([...path, 'group_type_index'], `Must be ${String(groupIndex)}, the group type of its condition set.`)]
}

function validateOperator(path: readonly string[], { operator, type, value }: JsonObject): FieldError[] {
  if (operator == null) return []
  if (typeof operator !== 'string' || !operators.has(operator))
    return [fieldError(path, `Unknown operator '${String(operator).slice(0, 40)}'.`)]
  const single = (message: string) => [fieldError(path, message)]
  if (type === 'flag' && operator !== 'flag_evaluates_to') return single('Flag properties must use flag_evaluates_to.')
  if (type !== 'flag' && operator === 'flag_evaluates_to') return single('flag_evaluates_to is only for flag properties.')
  if (type !== 'cohort' && cohortOperators.includes(operator)) return single(`${operator} is only for cohort properties.`)
  if (type === 'cohort' && !['in', 'not_in', 'exact'].includes(operator)) return single(`Cohort properties must use in or not_in.`)
  if (textOperators.includes(operator) && !isScalar(value)) return single(`${operator} needs text as its value.`)
  if (listOperators.includes(operator) && !(Array.isArray(value) && value.every(isScalar)))
    return single(`${operator} needs a list of texts as its value.`)
  if (orderOperators.includes(operator) && !isScalar(value)) return single(`${operator} needs a number or text as its value.`)
  if (dateOperators.includes(operator) && (typeof value !== 'string' || !isDate(value)))
    return single(`${operator} needs a date as its value.`)
  if (semverOperators.includes(operator) && (typeof value !== 'string' || !/^[v=]?\d+(\.(\d+|\*)){0,2}([-+.][\w.+*-]*)?$/.test(value))) {
    return single(`${operator} needs a version such as 1.2.3 as its value.`)
  }
  return []
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

/** Returns an error unless the value is a number from 0 to 100. */
export function validatePercentage(path: readonly string[], value: unknown): FieldError[] {
  return typeof value === 'number' && value >= 0 && value <= 100 ? [] : [fieldError(path, 'Must be a number from 0 to 100.')]
}

/** Returns an error unless the index of the group type is a whole number from 0, or null. */
export function validateGroupTypeIndex(path: readonly string[], index: unknown): FieldError[] {
  return index == null || (Number.isSafeInteger(index) && Number(index) >= 0)
    ? []
    : [fieldError([...path, 'aggregation_group_type_index'], 'Must be a whole number from 0, or null.')]
}

/** Accepts a date, a time, or a relative date such as `-7d`. */
function isDate(text: string): boolean {
  return /^-?\d+[hdwmqy]$/.test(text) || !Number.isNaN(Date.parse(text))
}
