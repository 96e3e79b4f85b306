import { z } from 'zod'
import type { Prisma } from '../../../database/generated/client.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { isObject, toNearestNumber } from '../../../platform/json.ts'
import { roundDecimals } from '../../../platform/roundDecimals.ts'
import type { ChangeTrigger } from './filterDiff.ts'
import type { GatedAction, GuardedChange } from './guardedChanges.ts'

// The condition of a policy (approvals.md 5, 22.7 to 22.9). It limits which changes of the policy's action are guarded.

const operators = { GT: '>', LT: '<', GTE: '>=', LTE: '<=', EQ: '==', NE: '!=' } as const

type Operator = (typeof operators)[keyof typeof operators]

const comparators: Record<Operator, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

const value = z.preprocess(toNearestNumber, z.number())
const comparisonFields = { field: z.literal('rollout_percentage'), operator: z.enum(Object.values(operators)), value }
const conditionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('any_change'), field: z.enum(['active', 'deleted', 'rollout_percentage', 'release_conditions']).nullish() }),
  z.object({ type: z.literal('before_after'), ...comparisonFields }),
  z.object({ type: z.literal('change_amount'), ...comparisonFields }),
  z.object({ type: z.literal('crosses_threshold'), ...comparisonFields }),
])

/**
 * Whether a policy with these stored conditions guards a change. Empty and malformed conditions guard every change. On a create, release
 * conditions count only for a policy that names them (approvals.md 3.3), or whose conditions are malformed.
 */
export function matchesCondition(conditions: unknown, { triggers, isCreate }: GuardedChange): boolean {
  const defaultTriggers = isCreate ? triggers.filter(({ field }) => field !== 'release_conditions') : triggers
  if (isUnconditional(conditions)) return defaultTriggers.length > 0
  const parsed = conditionSchema.safeParse(conditions)
  if (!parsed.success) return triggers.length > 0
  const condition = parsed.data
  if (condition.type === 'any_change') {
    return condition.field == null ? defaultTriggers.length > 0 : triggers.some(({ field }) => field === condition.field)
  }
  const satisfies = (value: number) => comparators[condition.operator](value, condition.value)
  return triggers
    .filter(({ field }) => field === 'rollout_percentage')
    .some(({ before, after }) => {
      const [from, to] = [toPercentage(before), toPercentage(after)]
      // A malformed percentage cannot be compared, so it is guarded.
      if (from === null || to === null) return true
      if (condition.type === 'before_after') return satisfies(to)
      if (condition.type === 'change_amount') return satisfies(roundDecimals(Math.abs(to - from), 9))
      return satisfies(to) && !satisfies(from)
    })
}

/** Whether a policy with these stored conditions guards every change of its action. */
export function isUnconditional(conditions: unknown): boolean {
  return isObject(conditions) && Object.keys(conditions).length === 0
}

/** One side of a trigger as a number. 0 if it is missing; null if it is not a number. */
function toPercentage(side: ChangeTrigger['before']): number | null {
  const number = toNearestNumber(side ?? 0)
  return typeof number === 'number' ? number : null
}

/** A condition as a client sends it. */
export interface ConditionInput {
  type: 'ANY_CHANGE' | 'BEFORE_AFTER' | 'CHANGE_AMOUNT' | 'CROSSES_THRESHOLD'
  field?: string | null | undefined
  operator?: keyof typeof operators | null | undefined
  value?: number | null | undefined
}

/** The fields of which an action's changes can have triggers: a condition on another one would guard nothing. */
const fieldsByAction: Record<GatedAction, readonly string[]> = {
  FEATURE_FLAG_ENABLE: ['active'],
  FEATURE_FLAG_DISABLE: ['active'],
  FEATURE_FLAG_DELETE: ['deleted'],
  FEATURE_FLAG_UPDATE: ['rollout_percentage', 'release_conditions'],
  EXPERIMENT_LAUNCH: ['active'],
  EXPERIMENT_PAUSE: ['active'],
  EXPERIMENT_UPDATE: ['rollout_percentage'],
  EXPERIMENT_HOLDOUT_UPDATE: ['rollout_percentage'],
  EXPERIMENT_HOLDOUT_DELETE: ['deleted'],
}

/** Checks the condition of a policy on this action. Returns all errors. */
export function validateCondition(action: GatedAction, { type, field, operator, value }: ConditionInput): FieldError[] {
  const fields = fieldsByAction[action]
  const quoted = fields.map((name) => `'${name}'`).join(' or ')
  if (type === 'ANY_CHANGE') {
    return [
      ...errorIf(field != null && !fields.includes(field), ['condition', 'field'], `Must be ${quoted} for ${action}, or left out.`),
      ...errorIf(operator != null, ['condition', 'operator'], 'Must be left out for ANY_CHANGE.'),
      ...errorIf(value != null, ['condition', 'value'], 'Must be left out for ANY_CHANGE.'),
    ]
  }
  if (!fields.includes('rollout_percentage')) {
    return [fieldError(['condition', 'type'], `Must be ANY_CHANGE for ${action}: it changes no percentage.`)]
  }
  const isOutOfRange = value != null && !(value >= 0 && value <= 100)
  return [
    ...errorIf(field !== 'rollout_percentage', ['condition', 'field'], `Must be 'rollout_percentage' for ${type}.`),
    ...errorIf(operator == null, ['condition', 'operator'], `Required for ${type}.`, 'required'),
    ...errorIf(value == null, ['condition', 'value'], `Required for ${type}.`, 'required'),
    ...errorIf(isOutOfRange, ['condition', 'value'], 'Must be a percentage from 0 to 100.'),
  ]
}

/** Converts a condition to its stored form. No condition becomes {}, which guards every change. */
export function toStoredCondition(condition: ConditionInput | null | undefined): Prisma.InputJsonObject {
  if (condition == null) return {}
  const { type, field, operator, value } = condition
  return {
    type: type.toLowerCase(),
    ...(field == null ? {} : { field }),
    ...(operator == null ? {} : { operator: operators[operator] }),
    ...(value == null ? {} : { value }),
  }
}
