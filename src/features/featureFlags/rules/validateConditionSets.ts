import { z } from 'zod'
import { type FieldError, fieldError, validateEach } from '../../../platform/fieldError.ts'
import { asArray, asObject, ExactNumber, type JsonObject } from '../../../platform/json.ts'
import { isPattern } from '../../../platform/regex/regex.ts'
import { groupTypeOf } from '../../approvals/rules/releaseConditions.ts'
import { readPercentage } from './variants.ts'

// The rules for the condition sets in a flag's `filters`: what each aggregates by, and its properties (experiments.md 2).

export const percentageSchema = z.custom((value) => value != null && readPercentage(value, 0) !== null, 'Must be a number from 0 to 100.')

export const groupTypeSchema = z
  .custom((index) => Number.isSafeInteger(index) && Number(index) >= 0, 'Must be a whole number from 0, or null.')
  .nullish()

const conditionSetSchema = z.object({
  rollout_percentage: percentageSchema.nullish(),
  variant: z.string('Must be the key of a variant, or null.').nullish(),
  description: z.string('Must be text.').nullish(),
  aggregation_group_type_index: groupTypeSchema,
  properties: z.array(z.unknown(), 'Must be a list.').nullish(),
})

const scalar = z.union([z.string(), z.number(), z.instanceof(ExactNumber)])
const version = z.string().regex(/^[v=]?\d+(\.(\d+|\*)){0,2}([-+.][\w.+*-]*)?$/)
const propertyTypes: readonly unknown[] = ['person', 'cohort', 'group', 'flag']

/** The operators that need a value of some form. */
const valueOperators: readonly { names: readonly string[]; value: z.ZodType; form: string }[] = [
  {
    names: ['icontains', 'not_icontains', 'starts_with', 'not_starts_with', 'ends_with', 'not_ends_with', 'regex', 'not_regex'],
    value: scalar,
    form: 'text',
  },
  { names: ['icontains_multi', 'not_icontains_multi'], value: z.array(scalar), form: 'a list of texts' },
  { names: ['gt', 'gte', 'lt', 'lte', 'min', 'max'], value: scalar, form: 'a number or text' },
  {
    names: ['between', 'not_between'],
    value: z.tuple([scalar, scalar]).refine(isRange),
    form: 'a list of the least and the greatest number',
  },
  { names: ['is_date_exact', 'is_date_after', 'is_date_before'], value: z.string().refine(isDate), form: 'a date' },
  {
    names: ['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'tilde', 'caret'].map((name) => `semver_${name}`),
    value: version,
    form: 'a version such as 1.2.3',
  },
  { names: ['semver_wildcard'], value: z.union([z.literal('*'), version]), form: 'a version such as 1.2.*' },
]
const cohortOperators = ['in', 'not_in']
const otherOperators = ['exact', 'is_not', 'is_set', 'is_not_set', 'flag_evaluates_to']
const operators = new Set([...valueOperators.flatMap(({ names }) => names), ...cohortOperators, ...otherOperators])

/** Returns the errors of a value by a schema. */
export function validateSchema(path: readonly string[], schema: z.ZodType, value: unknown): FieldError[] {
  const issues = schema.safeParse(value).error?.issues ?? []
  return issues.map((issue) => fieldError([...path, ...issue.path.map(String)], issue.message))
}

/** Returns an error unless the value is a number from 0 to 100. */
export function validatePercentage(path: readonly string[], value: unknown): FieldError[] {
  return validateSchema(path, percentageSchema, value)
}

/**
 * Returns the errors of one condition set.
 *
 * @param flagIndex the group type of the flag, which applies to a set without one
 * @param storedPatterns the regular expressions that the flag has already. Those of an import may be invalid, and stay.
 */
export function validateConditionSet(
  path: readonly string[],
  group: unknown,
  flagIndex: unknown,
  storedPatterns: ReadonlySet<unknown> = new Set(),
): FieldError[] {
  const fields = asObject(group)
  if (fields === null) return [fieldError(path, 'Must be an object.')]
  const properties = Array.isArray(fields.properties) ? fields.properties : []
  const groupIndex = groupTypeOf(fields, flagIndex)
  return [
    ...validateSchema(path, conditionSetSchema, fields),
    ...validateEach(properties, (property, at) => {
      const place = [...path, 'properties', String(at)]
      return [...validateProperty(place, property, groupIndex), ...validatePattern(place, property, storedPatterns)]
    }),
  ]
}

function validateProperty(path: readonly string[], property: unknown, groupIndex: unknown): FieldError[] {
  const fields = asObject(property)
  if (fields === null) return [fieldError(path, 'Must be an object.')]
  const { key, negation } = fields
  const operatorProblem = findOperatorProblem(fields)
  return [
    ...(scalar.safeParse(key).success && key !== '' ? [] : [fieldError([...path, 'key'], 'This field is required.', 'required')]),
    ...validateType(path, fields, groupIndex),
    ...(negation == null || typeof negation === 'boolean' ? [] : [fieldError([...path, 'negation'], 'Must be true or false.')]),
    ...(operatorProblem === null ? [] : [fieldError([...path, 'operator'], operatorProblem)]),
  ]
}

const patternOperators: readonly unknown[] = ['regex', 'not_regex']

/** A pattern that is none matches nobody: whoever writes it should know at once. */
function validatePattern(path: readonly string[], property: unknown, storedPatterns: ReadonlySet<unknown>): FieldError[] {
  const { operator, value } = asObject(property) ?? {}
  if (!patternOperators.includes(operator) || typeof value !== 'string' || storedPatterns.has(value) || isPattern(value)) return []
  return [fieldError([...path, 'value'], 'Must be a valid regular expression.')]
}

/** The regular expressions in condition sets. */
export function patternsOf(groups: unknown): Set<unknown> {
  const properties = (asArray(groups) ?? []).flatMap((group) => asArray(asObject(group)?.properties) ?? [])
  return new Set(properties.map(asObject).flatMap((one) => (patternOperators.includes(one?.operator) ? [one?.value] : [])))
}

function validateType(path: readonly string[], { type, group_type_index: index }: JsonObject, groupIndex: unknown): FieldError[] {
  const typeError = (message: string) => [fieldError([...path, 'type'], message)]
  if (!propertyTypes.includes(type)) return typeError('Must be person, cohort, group or flag.')
  if (groupIndex === null) {
    return type === 'group' ? typeError('Condition sets about people can only use person, cohort and flag properties.') : []
  }
  if (type === 'flag') return []
  if (type !== 'group') return typeError('Condition sets about groups can only use group properties.')
  return index === groupIndex
    ? []
    : [fieldError([...path, 'group_type_index'], `Must be ${String(groupIndex)}, the group type of its condition set.`)]
}

function findOperatorProblem({ operator, type, value }: JsonObject): string | null {
  if (operator == null) return null
  if (typeof operator !== 'string' || !operators.has(operator)) return `Unknown operator '${String(operator).slice(0, 40)}'.`
  if (type === 'flag' && operator !== 'flag_evaluates_to') return 'Flag properties must use flag_evaluates_to.'
  if (type !== 'flag' && operator === 'flag_evaluates_to') return 'flag_evaluates_to is only for flag properties.'
  if (type !== 'cohort' && cohortOperators.includes(operator)) return `${operator} is only for cohort properties.`
  if (type === 'cohort' && ![...cohortOperators, 'exact'].includes(operator)) return 'Cohort properties must use in or not_in.'
  const form = neededForm(operator, value)
  return form === null ? null : `${operator} needs ${form} as its value.`
}

/** The form of value that an operator needs. Null if the value has it. */
function neededForm(operator: string, value: unknown): string | null {
  const rule = valueOperators.find(({ names }) => names.includes(operator))
  return rule === undefined || rule.value.safeParse(value).success ? null : rule.form
}

/** Whether a property has an operator that is known, and a value that does not fit it. */
export function needsOtherValue(property: unknown): boolean {
  const { operator, value } = asObject(property) ?? {}
  return typeof operator === 'string' && neededForm(operator, value) !== null
}

/** Whether both are numbers, or texts of numbers, in ascending order. */
function isRange([least, greatest]: readonly unknown[]): boolean {
  const [from, to] = [least, greatest].map((bound) => (String(bound).trim() === '' ? Number.NaN : Number(bound)))
  return from !== undefined && to !== undefined && from <= to
}

/** Accepts a date, a time, or a relative date such as `-7d`. */
function isDate(text: string): boolean {
  return /^-?\d+[hdwmqy]$/.test(text) || !Number.isNaN(Date.parse(text))
}
