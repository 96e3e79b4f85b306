import type { ApprovalConditionInput, ApprovalOperator, GatedAction } from '../generated/graphql.ts'

// Which changes a policy guards: as the API stores it, as a form has it, and in words. Pure functions, with a test.

/** `KEEP` stands for a stored condition that a form does not know, so that saving does not lose it. */
export type ConditionKind = 'ALL' | 'RELEASE_CONDITIONS' | 'PERCENTAGE' | 'BEFORE_AFTER' | 'CHANGE_AMOUNT' | 'CROSSES_THRESHOLD' | 'KEEP'

export interface ConditionForm {
  kind: ConditionKind
  operator: ApprovalOperator
  value: string
}

const symbols: Record<ApprovalOperator, string> = { GT: '>', GTE: '>=', LT: '<', LTE: '<=', EQ: '==', NE: '!=' }
export const operatorNames: Record<ApprovalOperator, string> = {
  GT: 'more than',
  GTE: 'at least',
  LT: 'less than',
  LTE: 'at most',
  EQ: 'exactly',
  NE: 'not',
}

export const conditionNames: Record<ConditionKind, string> = {
  ALL: 'All changes',
  RELEASE_CONDITIONS: 'Only release conditions',
  PERCENTAGE: 'Only percentages',
  BEFORE_AFTER: 'Percentages that become …',
  CHANGE_AMOUNT: 'Percentages that change by …',
  CROSSES_THRESHOLD: 'Percentages that newly become …',
  KEEP: 'As it is',
}

const comparing: readonly ConditionKind[] = ['BEFORE_AFTER', 'CHANGE_AMOUNT', 'CROSSES_THRESHOLD']
export const compares = (kind: ConditionKind) => comparing.includes(kind)

/** The kinds that an action can have. Only updates change percentages. */
export function kindsOf(action: GatedAction): ConditionKind[] {
  if (action === 'FEATURE_FLAG_UPDATE') return ['ALL', 'RELEASE_CONDITIONS', 'PERCENTAGE', ...comparing]
  return action === 'EXPERIMENT_UPDATE' || action === 'EXPERIMENT_HOLDOUT_UPDATE' ? ['ALL', ...comparing] : ['ALL']
}

/** A stored condition as a form. An empty object stands for all changes. */
export function conditionOf(stored: unknown): ConditionForm {
  const none: ConditionForm = { kind: 'ALL', operator: 'GT', value: '' }
  if (typeof stored !== 'object' || stored === null || Object.keys(stored).length === 0) return none
  const { type, field, operator, value } = stored as Record<string, unknown>
  if (type === 'any_change') {
    if (field === 'release_conditions') return { ...none, kind: 'RELEASE_CONDITIONS' }
    return { ...none, kind: field === 'rollout_percentage' ? 'PERCENTAGE' : 'ALL' }
  }
  const kind = comparing.find((each) => each.toLowerCase() === type)
  const [name] = Object.entries(symbols).find(([, symbol]) => symbol === operator) ?? []
  if (kind === undefined || name === undefined || typeof value !== 'number') return { ...none, kind: 'KEEP' }
  return { kind, operator: name as ApprovalOperator, value: String(value) }
}

/** What is sent: null for all changes, and undefined if the stored condition stays. */
export function toCondition({ kind, operator, value }: ConditionForm): ApprovalConditionInput | null | undefined {
  switch (kind) {
    case 'KEEP':
      return undefined
    case 'ALL':
      return null
    case 'RELEASE_CONDITIONS':
      return { type: 'ANY_CHANGE', field: 'release_conditions' }
    case 'PERCENTAGE':
      return { type: 'ANY_CHANGE', field: 'rollout_percentage' }
    default:
      return { type: kind, field: 'rollout_percentage', operator, value: Number(value) }
  }
}

/** Which changes are guarded, in words. Empty for all of them. */
export function conditionText(stored: unknown): string {
  const { kind, operator, value } = conditionOf(stored)
  if (kind === 'ALL') return ''
  if (kind === 'KEEP') return 'With a condition that is not known here'
  return compares(kind) ? `${conditionNames[kind].replace('…', operatorNames[operator])} ${value}\u00a0%` : conditionNames[kind]
}
