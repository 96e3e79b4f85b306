import type { EvaluationReason, GatedAction, IneligibilityReason, PropertyOperator } from '../generated/graphql.ts'

// Words for what the API names in capitals. Pure functions, with a test.

/** `EXPOSURE_FROZEN` as "exposure frozen". */
export const lower = (name: string) => name.toLowerCase().replaceAll('_', ' ')

/** `EXPOSURE_FROZEN` as "Exposure frozen". */
export const sentence = (name: string) => lower(name).replace(/^./, (first) => first.toUpperCase())

/** `updateFeatureFlag` as "Update feature flag". */
export const spaced = (name: string) => sentence(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' '))

export const count = (number: number, one: string, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** With a space that does not break. No value stands for everybody. */
export const percent = (value: number | null | undefined) => `${Number((value ?? 100).toFixed(2))}\u00a0%`

export const nameOf = (user: { firstName: string; email: string } | null | undefined) =>
  user == null ? 'Somebody who is gone' : user.firstName || user.email

const dayMs = 86_400_000

/** Whole days between two times. */
export const daysBetween = (from: string, to: Date) => Math.max(0, Math.floor((to.getTime() - Date.parse(from)) / dayMs))

/** How long a time is before or after now: "3 days ago", "in 2 hours". */
export function relative(at: string, now: Date): string {
  const seconds = (Date.parse(at) - now.getTime()) / 1_000
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_536_000],
    ['month', 2_592_000],
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ]
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  }
  return seconds > 0 ? 'in a moment' : 'just now'
}

/** Seconds as "2 days", "3 hours" or "40 seconds". */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ]
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ['second', 1]
  return count(Math.round(seconds / size), unit)
}

/** A value of JSON as text: text as it is, nothing as "nothing". */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number')) {
    return value.length === 0 ? 'nothing' : value.join(', ')
  }
  return JSON.stringify(value, null, 2)
}

const reasons: Record<IneligibilityReason, string> = {
  DELETED: 'it is deleted',
  NOT_MULTIVARIATE: 'it has no variants',
  TOO_FEW_VARIANTS: 'it has only one variant',
  CONTROL_NOT_FIRST: 'its first variant is not control',
  BASELINE_MISSING: 'it lacks the baseline variant',
  MALFORMED_FILTERS: 'its conditions cannot be read',
  USED_BY_SURVEY: 'a survey made it for itself',
  USED_BY_PRODUCT_TOUR: 'a product tour made it for itself',
}
export const ineligible = (reason: IneligibilityReason) => reasons[reason] ?? lower(reason)

const answers: Record<EvaluationReason, string> = {
  CONDITION_MATCH: 'A condition matches.',
  OUT_OF_ROLLOUT_BOUND: 'A condition matches, but this person is outside its share.',
  NO_CONDITION_MATCH: 'No condition matches.',
  NO_GROUP_TYPE: 'The flag is for groups, and none was given.',
  SUPER_CONDITION_VALUE: 'This person chose for themselves.',
  HOLDOUT_CONDITION_VALUE: 'A holdout keeps this person out.',
  MISSING_DEPENDENCY: 'A flag that it depends on is missing.',
  FLAG_DISABLED: 'The flag is off.',
  FLAG_NOT_FOUND: 'There is no such flag.',
}
export const answer = (reason: EvaluationReason) => answers[reason] ?? lower(reason)

const operators: Partial<Record<PropertyOperator, string>> = {
  EXACT: 'is',
  IS_NOT: 'is not',
  IS_SET: 'is set',
  IS_NOT_SET: 'is not set',
  ICONTAINS: 'contains',
  NOT_ICONTAINS: 'does not contain',
  REGEX: 'matches',
  NOT_REGEX: 'does not match',
  GT: '>',
  GTE: '≥',
  LT: '<',
  LTE: '≤',
  IN: 'is in',
  NOT_IN: 'is not in',
  FLAG_EVALUATES_TO: 'is',
}
export const operator = (name: PropertyOperator) => operators[name] ?? lower(name)

const actions: Record<GatedAction, string> = {
  FEATURE_FLAG_ENABLE: 'Switch a flag on',
  FEATURE_FLAG_DISABLE: 'Switch a flag off',
  FEATURE_FLAG_UPDATE: 'Change a flag',
  FEATURE_FLAG_DELETE: 'Delete a flag',
  EXPERIMENT_LAUNCH: 'Launch an experiment',
  EXPERIMENT_PAUSE: 'Pause an experiment',
  EXPERIMENT_UPDATE: 'Change an experiment',
  EXPERIMENT_HOLDOUT_UPDATE: 'Change a holdout',
  EXPERIMENT_HOLDOUT_DELETE: 'Delete a holdout',
}
export const gatedAction = (name: GatedAction) => actions[name] ?? sentence(name)
