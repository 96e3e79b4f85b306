import { isPattern } from '../../../platform/regex/regex.ts'
import type { ConditionSet, PropertyCondition } from '../../featureFlags/rules/conditions.ts'
import { cohortIdOf } from '../../featureFlags/rules/conditions.ts'
import type { Evaluation } from './evaluation.ts'
import type { EvaluatedFlag } from './flagWorld.ts'
import { textOf } from './values.ts'

/** How one property of a condition set was judged. */
export interface PropertyExplanation {
  condition: PropertyCondition
  /** The value that was compared. Null when it is not known. */
  actual: unknown
  matched: boolean
  explanation: string
}

/** How one condition set was judged. */
export interface ConditionExplanation {
  index: number
  matched: boolean
  propertiesMatched: boolean
  outOfRollout: boolean
  rolloutPercentage: number
  variantKey: string | null
  explanation: string
  properties: PropertyExplanation[]
}

/** Why a flag answers what it answers: all its condition sets, also those that were not reached. */
export interface Explanation {
  /** What was asked for and is not known: `person:plan`, `group:company`, `group:company:size`, `cohort:8`, `flag:21`. */
  missing: string[]
  conditions: ConditionExplanation[]
}

/** Explains a flag. Also what its dependencies and cohorts ask for may be missing. */
export function explain(evaluation: Evaluation, flag: EvaluatedFlag): Explanation {
  const missing = new Set<string>()
  const explainSets = (one: EvaluatedFlag) => {
    const enrollment: PropertyCondition | null = one.rules.featureEnrollment ? enrollmentProperty(one.key) : null
    if (enrollment !== null && !evaluation.lookUp(enrollment).isKnown) missing.add(nameOf(evaluation, enrollment))
    return one.rules.conditions.sets.map((set) => explainSet(evaluation, one, set, missing))
  }
  const conditions = explainSets(flag)
  for (const dependency of evaluation.dependenciesOf(flag)) explainSets(dependency)
  return { missing: [...missing], conditions }
}

const enrollmentProperty = (flagKey: string): PropertyCondition => ({
  kind: 'PERSON',
  key: `$feature_enrollment/${flagKey}`,
  operator: 'IS_SET',
  value: null,
  negated: false,
  groupTypeIndex: null,
})

function explainSet(evaluation: Evaluation, flag: EvaluatedFlag, set: ConditionSet, missing: Set<string>): ConditionExplanation {
  const id = evaluation.bucketingId(flag, set.groupTypeIndex)
  const isWithoutGroup = set.groupTypeIndex !== null && id === null
  if (isWithoutGroup) missing.add(`group:${evaluation.groupTypeName(set.groupTypeIndex as number) ?? set.groupTypeIndex}`)
  if (set.groupTypeIndex === null && id === null) missing.add('person:$device_id')
  const properties = set.properties.map((property) => explainProperty(evaluation, property, missing))
  const propertiesMatched = set.problem === null && properties.every(({ matched }) => matched)
  const isCandidate = propertiesMatched && !isWithoutGroup
  const matched = isCandidate && evaluation.isInside(flag, set)
  const rolloutPercentage = set.rolloutPercentage ?? 100
  const outOfRollout = isCandidate && !matched
  const { index, variantKey } = set
  const explanation = explainOutcome()
  return { index, matched, propertiesMatched, outOfRollout, rolloutPercentage, variantKey, explanation, properties }

  function explainOutcome(): string {
    if (set.problem !== null) return `Nobody matches this set: ${set.problem}`
    if (isWithoutGroup) return 'The group by which this set divides is not given.'
    if (!propertiesMatched) return `${properties.filter((one) => !one.matched).length} of ${properties.length} properties do not hold.`
    if (matched)
      return properties.length === 0
        ? 'It has no properties, and the id is inside its share.'
        : 'All properties hold, and the id is inside its share.'
    return id === null ? 'It divides by `$device_id`, which is not given.' : `The id is outside the share of ${rolloutPercentage} percent.`
  }
}

function explainProperty(evaluation: Evaluation, condition: PropertyCondition, missing: Set<string>): PropertyExplanation {
  const matched = evaluation.matches(condition)
  const answer = (actual: unknown, explanation: string): PropertyExplanation => ({ condition, actual, matched, explanation })
  if (condition.operator === 'UNKNOWN') return answer(null, 'The operator is unknown, so it does not hold.')
  if (condition.kind === 'FLAG') return explainFlag(evaluation, condition.key, missing, answer)
  if (condition.kind === 'COHORT') return explainCohort(evaluation, condition, missing, answer)
  const { isKnown, value } = evaluation.lookUp(condition)
  if (!isKnown) {
    missing.add(nameOf(evaluation, condition))
    return answer(null, `The property is not given. With this operator it ${matched ? 'holds' : 'does not hold'} then.`)
  }
  if (condition.value === null && condition.operator !== 'IS_SET' && condition.operator !== 'IS_NOT_SET') {
    return answer(value, 'There is no value to compare with, so it does not hold.')
  }
  const isSearch = condition.operator === 'REGEX' || condition.operator === 'NOT_REGEX'
  if (isSearch && !isPattern(textOf(condition.value))) return answer(value, 'The regular expression is invalid, so it does not hold.')
  return answer(value, matched ? 'The value holds.' : 'The value does not hold.')
}

function nameOf(evaluation: Evaluation, { kind, key, groupTypeIndex }: PropertyCondition): string {
  if (kind !== 'GROUP') return `person:${key}`
  const name = groupTypeIndex === null ? null : evaluation.groupTypeName(groupTypeIndex)
  return `group:${name ?? groupTypeIndex ?? ''}:${key}`
}

type Answer = (actual: unknown, explanation: string) => PropertyExplanation

function explainFlag(evaluation: Evaluation, key: string, missing: Set<string>, answer: Answer): PropertyExplanation {
  const flag = evaluation.findFlag(key)
  if (flag === null) {
    missing.add(`flag:${key}`)
    return answer(null, 'There is no such flag.')
  }
  const { enabled, variant, reason } = evaluation.decide(flag)
  return answer(variant ?? enabled, `The flag ${flag.key} is ${enabled ? 'on' : 'off'}: ${reason}.`)
}

function explainCohort(evaluation: Evaluation, condition: PropertyCondition, missing: Set<string>, answer: Answer): PropertyExplanation {
  const id = cohortIdOf(condition)
  if (id === null) return answer(null, 'The value names no cohort.')
  const cohort = evaluation.findCohort(id)
  if (cohort === null || (cohort.isStatic && !cohort.hasMembers)) missing.add(`cohort:${id}`)
  if (cohort === null) return answer(false, 'There is no such cohort, so nobody is a member.')
  if (cohort.isStatic && !cohort.hasMembers) return answer(false, 'The members of this static cohort are not known, so nobody is one.')
  for (const property of evaluation.propertiesOfCohort(id)) {
    if (property.kind === 'COHORT') {
      const inner = evaluation.findCohort(cohortIdOf(property))
      if (inner === null || (inner.isStatic && !inner.hasMembers)) missing.add(`cohort:${String(property.value)}`)
    } else if (!evaluation.lookUp(property).isKnown) missing.add(nameOf(evaluation, property))
  }
  const isMember = evaluation.isMember(id)
  return answer(isMember, isMember ? 'The person is a member of the cohort.' : 'The person is not a member of the cohort.')
}
