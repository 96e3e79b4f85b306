import { type Fault, fault } from '../../../platform/fieldError.ts'
import { checkPercentage, type Fields, fieldsOf } from './filterValues.ts'

// The condition sets of a flag's `filters`: whom each is about, and whether its properties make sense (experiments.md 2).

const comparesText = ['icontains', 'not_icontains', 'regex', 'not_regex']
const comparesList = ['icontains_multi', 'not_icontains_multi']
const comparesOrder = ['gt', 'gte', 'lt', 'lte', 'min', 'max']
const comparesDate = ['is_date_exact', 'is_date_after', 'is_date_before']
const comparesSemver = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'tilde', 'caret', 'wildcard'].map((name) => `semver_${name}`)
const ofCohorts = ['in', 'not_in']
const operators = new Set([
  'exact',
  'is_not',
  'is_set',
  'is_not_set',
  'flag_evaluates_to',
  ...comparesText,
  ...comparesList,
  ...comparesOrder,
  ...comparesDate,
  ...comparesSemver,
  ...ofCohorts,
])

/** Operators have other names in older filters; the names that are stored. */
export const operatorAliases: Record<string, string> = { min: 'gte', max: 'lte' }

const types = ['person', 'cohort', 'group', 'flag']

/** What is wrong with one condition set. `flagIndex` is the group type of the whole flag, which a set without its own has. */
export function conditionSetFaults(path: readonly string[], group: unknown, flagIndex: unknown): Fault[] {
  const fields = fieldsOf(group)
  if (fields === null) return [fault(path, 'Must be an object.')]
  const { properties, rollout_percentage: percentage, variant, description, aggregation_group_type_index: own } = fields
  const index = own ?? flagIndex ?? null
  return [
    ...(percentage == null ? [] : checkPercentage([...path, 'rollout_percentage'], percentage)),
    ...(variant == null || typeof variant === 'string' ? [] : [fault([...path, 'variant'], 'Must be the key of a variant, or null.')]),
    ...(description == null || typeof description === 'string' ? [] : [fault([...path, 'description'], 'Must be text.')]),
    ...(own == null || (Number.isSafeInteger(own) && Number(own) >= 0)
      ? []
      : [fault([...path, 'aggregation_group_type_index'], 'Must be a whole number from 0, or null.')]),
    ...(properties == null || Array.isArray(properties) ? [] : [fault([...path, 'properties'], 'Must be a list.')]),
    ...(Array.isArray(properties)
      ? properties.flatMap((property, at) => propertyFaults([...path, 'properties', String(at)], property, index))
      : []),
  ]
}

function propertyFaults(path: readonly string[], property: unknown, groupIndex: unknown): Fault[] {
  const fields = fieldsOf(property)
  if (fields === null) return [fault(path, 'Must be an object.')]
  const { key, type } = fields
  const known = typeof type === 'string' && types.includes(type)
  return [
    ...((typeof key === 'string' && key !== '') || typeof key === 'number'
      ? []
      : [fault([...path, 'key'], 'This field is required.', 'required')]),
    ...(known ? [] : [fault([...path, 'type'], 'Must be person, cohort, group or flag.')]),
    ...(known ? aggregationFaults(path, fields, groupIndex) : []),
    ...(fields.negation == null || typeof fields.negation === 'boolean' ? [] : [fault([...path, 'negation'], 'Must be true or false.')]),
    ...operatorFaults([...path, 'operator'], fields),
  ]
}

function aggregationFaults(path: readonly string[], { type, group_type_index: index }: Fields, groupIndex: unknown): Fault[] {
  if (groupIndex === null) {
    return type === 'group'
      ? [fault([...path, 'type'], 'Condition sets about people can only use person, cohort and flag properties.')]
      : []
  }
  if (type === 'flag') return []
  if (type !== 'group') return [fault([...path, 'type'], 'Condition sets about groups can only use group properties.')]
  return index === groupIndex
    ? []
    : [fault([...path, 'group_type_index'], `Must be ${String(groupIndex)}, the group type of its condition set.`)]
}

function operatorFaults(path: readonly string[], { operator, type, value }: Fields): Fault[] {
  if (operator == null) return []
  if (typeof operator !== 'string' || !operators.has(operator)) return [fault(path, `Unknown operator '${String(operator).slice(0, 40)}'.`)]
  const one = (message: string) => [fault(path, message)]
  if (type === 'flag' && operator !== 'flag_evaluates_to') return one('Flag properties must use flag_evaluates_to.')
  if (type !== 'flag' && operator === 'flag_evaluates_to') return one('flag_evaluates_to is only for flag properties.')
  if (type !== 'cohort' && ofCohorts.includes(operator)) return one(`${operator} is only for cohort properties.`)
  if (type === 'cohort' && !['in', 'not_in', 'exact'].includes(operator)) return one(`Cohort properties must use in or not_in.`)
  if (comparesText.includes(operator) && !isScalar(value)) return one(`${operator} needs text as its value.`)
  if (comparesList.includes(operator) && !(Array.isArray(value) && value.every(isScalar)))
    return one(`${operator} needs a list of texts as its value.`)
  if (comparesOrder.includes(operator) && !isScalar(value)) return one(`${operator} needs a number or text as its value.`)
  if (comparesDate.includes(operator) && (typeof value !== 'string' || !isDate(value))) return one(`${operator} needs a date as its value.`)
  if (comparesSemver.includes(operator) && (typeof value !== 'string' || !/^[v=]?\d+(\.(\d+|\*)){0,2}([-+.][\w.+*-]*)?$/.test(value))) {
    return one(`${operator} needs a version such as 1.2.3 as its value.`)
  }
  return []
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

/** A date, a time, or how long ago: `-7d`. */
function isDate(text: string): boolean {
  return /^-?\d+[hdwmqy]$/.test(text) || !Number.isNaN(Date.parse(text))
}
