import { z } from 'zod'
import { type FieldError, fieldError, validateEach } from '../../../platform/fieldError.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'

// The rules for the condition sets in a flag's `filters`: what each aggregates by, and its properties (experiments.md 2).

export const percentageSchema = z.custom(
  (value) => typeof value === 'number' && value >= 0 && value <= 100,
  'Must be a number from 0 to 100.',
)

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

const scalar = z.union([z.string(), z.number()])
const propertyTypes: readonly unknown[] = ['person', 'cohort', 'group', 'flag']

/** The operators that need a value of some form. */
const valueOperators: readonly { names: readonly string[]; value: z.ZodType; form: string }[] = [
  { names: ['icontains', 'not_icontains', 'regex', 'not_regex'], value: scalar, form: 'text' },
  { names: ['icontains_multi', 'not_icontains_multi'], value: z.array(scalar), form: 'a list of texts' },
  { names: ['gt', 'gte', 'lt', 'lte', 'min', 'max'], value: scalar, form: 'a number or text' },
  { names: ['is_date_exact', 'is_date_after', 'is_date_before'], value: z.string().refine(isDate), form: 'a date' },
  {
    names: ['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'tilde', 'caret', 'wildcard'].map((name) => `semver_${name}`),
    value: z.string().regex(/^[v=]?\d+(\.(\d+|\*)){0,2}([-+.][\w.+*-]*)?$/),
    form: 'a version such as 1.2.3',
  },
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
 */
export function validateConditionSet(path: readonly string[], group: unknown, flagIndex: unknown): FieldError[] {
  const fields = asObject(group)
  if (fields === null) return [fieldError(path, 'Must be an object.')]
  const properties = Array.isArray(fields.properties) ? fields.properties : []
  const groupIndex = fields.aggregation_group_type_index ?? flagIndex ?? null
  return [
    ...validateSchema(path, conditionSetSchema, fields),
    ...validateEach(properties, (property, at) => validateProperty([...path, 'properties', String(at)], property, groupIndex)),
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
  const rule = valueOperators.find(({ names }) => names.includes(operator))
  return rule === undefined || rule.value.safeParse(value).success ? null : `${operator} needs ${rule.form} as its value.`
}

/** Accepts a date, a time, or a relative date such as `-7d`. */
function isDate(text: string): boolean {
  return /^-?\d+[hdwmqy]$/.test(text) || !Number.isNaN(Date.parse(text))
}
