import type { ConditionSet, PropertyCondition } from '../../featureFlags/rules/conditions.ts'
import { cohortIdOf } from '../../featureFlags/rules/conditions.ts'
import { type CohortRule, cohortsOf, type EvaluatedCohort, leavesOf, matchesRule } from './cohorts.ts'
import { createDependencyWalk, dependsOnItself } from './dependencyWalk.ts'
import type { EvaluatedFlag, FlagWorld } from './flagWorld.ts'
import { isInHoldout, isInRollout, selectVariant } from './hash.ts'
import { type MatchContext, matchesProperty } from './matchProperty.ts'
import { groupKey, groupProperty, type Known, personProperty, type Subject } from './subject.ts'

// Evaluates flags for one person (evaluation.md). Nothing here reads a database, writes or fails.

export type EvaluationReasonName =
  | 'CONDITION_MATCH'
  | 'OUT_OF_ROLLOUT_BOUND'
  | 'NO_CONDITION_MATCH'
  | 'NO_GROUP_TYPE'
  | 'HOLDOUT_CONDITION_VALUE'
  | 'SUPER_CONDITION_VALUE'
  | 'MISSING_DEPENDENCY'
  | 'FLAG_DISABLED'

/** What a flag answers. */
export interface Decision {
  enabled: boolean
  variant: string | null
  reason: EvaluationReasonName
  conditionIndex: number | null
  /** The id by which the condition set that gave the reason divides people or groups. */
  bucketedBy: string | null
}

/** The outcomes of a condition set. */
export type ConditionOutcome = 'CONDITION_MATCH' | 'OUT_OF_ROLLOUT_BOUND' | 'NO_CONDITION_MATCH' | 'NO_GROUP_TYPE'

const ranks: Readonly<Record<ConditionOutcome, number>> = {
  CONDITION_MATCH: 4,
  OUT_OF_ROLLOUT_BOUND: 3,
  NO_CONDITION_MATCH: 2,
  NO_GROUP_TYPE: 1,
}

const off = (reason: EvaluationReasonName, conditionIndex: number | null = null, bucketedBy: string | null = null): Decision => ({
  enabled: false,
  variant: null,
  reason,
  conditionIndex,
  bucketedBy,
})

/** The flags of a project as one person gets them. Each flag and cohort is evaluated once, when it is asked for. */
export class Evaluation {
  readonly #world: FlagWorld
  readonly #subject: Subject
  readonly #context: MatchContext
  readonly #decisions = new Map<EvaluatedFlag, Decision>()
  /** Flags that depend on a missing flag or on a circle. */
  readonly #blocked = new Set<EvaluatedFlag>()
  readonly #memberships = new Map<number, boolean>()
  readonly #dependencies = (flag: EvaluatedFlag) => flag.rules.dependencies.flatMap((key) => this.findFlag(key) ?? [])
  readonly #flagWalk = createDependencyWalk(this.#dependencies)
  readonly #cohortWalk = createDependencyWalk((id: number) => this.#cohortDependencies(id))

  constructor(world: FlagWorld, subject: Subject, work: MatchContext['work']) {
    this.#world = world
    this.#subject = subject
    this.#context = { now: world.now, timezone: world.timezone, matchingVersion: world.matchingVersion, work }
  }

  /** Evaluates a flag. */
  decide(flag: EvaluatedFlag): Decision {
    for (const next of this.#flagWalk.visit(flag)) {
      const isBlocked = next.rules.dependencies.some((key) => {
        const dependency = this.findFlag(key)
        return dependency === null || this.#blocked.has(dependency)
      })
      if (isBlocked || this.#flagWalk.circular.has(next)) this.#blocked.add(next)
      this.#decisions.set(next, this.#decideOne(next))
    }
    return this.#decisions.get(flag) ?? off('FLAG_DISABLED')
  }

  /** The flag that a condition names, by its id or key. Null when there is none, or it is deleted. */
  findFlag(idOrKey: string): EvaluatedFlag | null {
    const flag = this.#world.flagsById.get(idOrKey)
    return flag !== undefined && !flag.deleted ? flag : (this.#world.flagsByKey.get(idOrKey) ?? null)
  }

  findCohort(id: number | null): EvaluatedCohort | null {
    return id === null ? null : (this.#world.cohorts.get(id) ?? null)
  }

  /** The flags that a flag depends on, directly or through others. */
  dependenciesOf(flag: EvaluatedFlag): EvaluatedFlag[] {
    return createDependencyWalk(this.#dependencies)
      .visit(flag)
      .filter((one) => one !== flag)
  }

  /** The properties that the definition of a cohort asks for, directly or through other cohorts. */
  propertiesOfCohort(id: number): PropertyCondition[] {
    return createDependencyWalk((one: number) => this.#cohortDependencies(one))
      .visit(id)
      .flatMap((one) => leavesOf(this.#ruleOf(one)))
  }

  #decideOne(flag: EvaluatedFlag): Decision {
    const { rules } = flag
    if (!flag.active || flag.deleted) return off('FLAG_DISABLED')
    if (this.#blocked.has(flag)) return off('MISSING_DEPENDENCY')
    if (rules.isMalformed) return off('NO_CONDITION_MATCH')
    const enrolled = this.#earlyAccess(flag)
    if (enrolled !== null) {
      return { enabled: enrolled, variant: null, reason: 'SUPER_CONDITION_VALUE', conditionIndex: 0, bucketedBy: null }
    }
    if (rules.holdout != null) {
      const id = this.bucketingId(flag, rules.groupTypeIndex) ?? ''
      if (isInHoldout(id, rules.holdout.percentage)) {
        return { enabled: true, variant: rules.holdout.variant, reason: 'HOLDOUT_CONDITION_VALUE', conditionIndex: null, bucketedBy: id }
      }
    }
    return this.#tryConditions(flag)
  }

  #tryConditions(flag: EvaluatedFlag): Decision {
    const { conditions, earlyExit } = flag.rules
    let best: { set: ConditionSet; outcome: ConditionOutcome } | null = null
    for (const set of conditions.sets) {
      const outcome = this.#outcome(flag, set)
      if (best === null || ranks[outcome] >= ranks[best.outcome]) best = { set, outcome }
      if (outcome === 'CONDITION_MATCH') break
      if (outcome === 'OUT_OF_ROLLOUT_BOUND' && earlyExit) return this.#miss(flag, set, outcome)
    }
    if (best === null) return off('NO_CONDITION_MATCH')
    const { set, outcome } = best
    if (outcome !== 'CONDITION_MATCH') return this.#miss(flag, set, outcome)
    return this.decisionOf(flag, set)
  }

  /** What the flag answers where a condition set holds. */
  decisionOf(flag: EvaluatedFlag, set: ConditionSet): Decision {
    const { variants } = flag.rules
    const id = this.bucketingId(flag, set.groupTypeIndex) ?? ''
    const isForced = set.variantKey !== null && variants.some(({ key }) => key === set.variantKey)
    const variant = isForced ? set.variantKey : selectVariant(flag.key, id, variants)
    return { enabled: true, variant, reason: 'CONDITION_MATCH', conditionIndex: set.index, bucketedBy: id }
  }

  #miss(flag: EvaluatedFlag, set: ConditionSet, outcome: ConditionOutcome): Decision {
    return off(outcome, set.index, this.bucketingId(flag, set.groupTypeIndex))
  }

  #outcome(flag: EvaluatedFlag, set: ConditionSet): ConditionOutcome {
    if (set.problem !== null) return 'NO_CONDITION_MATCH'
    if (set.groupTypeIndex !== null && this.bucketingId(flag, set.groupTypeIndex) === null) return 'NO_GROUP_TYPE'
    if (!set.properties.every((property) => this.matches(property))) return 'NO_CONDITION_MATCH'
    return this.isInside(flag, set) ? 'CONDITION_MATCH' : 'OUT_OF_ROLLOUT_BOUND'
  }

  /** Whether the id is inside the share of a condition set. */
  isInside(flag: EvaluatedFlag, set: ConditionSet): boolean {
    const id = this.bucketingId(flag, set.groupTypeIndex)
    return id !== null && isInRollout(flag.key, id, set.rolloutPercentage ?? 100)
  }

  /** The id that is hashed: of the group, the device or the person. Null when it is not given. */
  bucketingId({ byDevice }: Pick<EvaluatedFlag, 'byDevice'>, groupTypeIndex: number | null): string | null {
    if (groupTypeIndex !== null) {
      const name = this.groupTypeName(groupTypeIndex)
      return name === null ? null : groupKey(this.#subject, name)
    }
    if (!byDevice) return this.#subject.distinctId
    const { isKnown, value } = personProperty(this.#subject, '$device_id')
    return isKnown && (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : null
  }

  groupTypeName(index: number): string | null {
    const names = this.#world.groupTypeNames
    return names.size === 0 ? String(index) : (names.get(index) ?? null)
  }

  /** Whether the person opted in to early access, or out of it. Null when nothing is known of that. */
  #earlyAccess({ key, rules }: EvaluatedFlag): boolean | null {
    if (rules.featureEnrollment) {
      const { isKnown, value } = personProperty(this.#subject, `$feature_enrollment/${key}`)
      return isKnown ? value === true || value === 'true' : null
    }
    const set = rules.superCondition
    if (set === null || !set.properties.some((property) => property.kind === 'PERSON' && this.lookUp(property).isKnown)) return null
    const holds = set.problem === null && set.properties.every((property) => this.matches(property))
    return holds && isInRollout(key, this.#subject.distinctId, set.rolloutPercentage ?? 100)
  }

  /** Whether a property of a condition set or cohort holds. The `negation` of a flag's own filters is ignored. */
  matches(property: PropertyCondition): boolean {
    if (property.kind === 'FLAG') return this.#matchesFlag(property)
    if (property.kind === 'COHORT') {
      const id = cohortIdOf(property)
      if (id === null || (property.operator !== 'IN' && property.operator !== 'NOT_IN')) return false
      return this.isMember(id) === (property.operator === 'IN')
    }
    const { isKnown, value } = this.lookUp(property)
    return matchesProperty(property.operator, property.value, isKnown, value, this.#context)
  }

  /** The value that a property of a person or group has. */
  lookUp({ kind, key, groupTypeIndex }: PropertyCondition): Known {
    if (kind !== 'GROUP') return personProperty(this.#subject, key)
    const name = groupTypeIndex === null ? null : this.groupTypeName(groupTypeIndex)
    return name === null ? { isKnown: false, value: null } : groupProperty(this.#subject, name, key)
  }

  #matchesFlag({ key, operator, value }: PropertyCondition): boolean {
    const flag = this.findFlag(key)
    if (flag === null || operator !== 'FLAG_EVALUATES_TO') return false
    const { enabled, variant } = this.decide(flag)
    return typeof value === 'string' ? enabled && variant === value : value === enabled
  }

  /** Whether the person is a member of a cohort. */
  isMember(id: number): boolean {
    for (const next of this.#cohortWalk.visit(id)) this.#memberships.set(next, this.#computeMembership(next))
    return this.#memberships.get(id) ?? false
  }

  #computeMembership(id: number): boolean {
    const cohort = this.#world.cohorts.get(id)
    if (cohort === undefined) return false
    if (cohort.isStatic) return this.#subject.staticCohortIds.has(id)
    if (this.#cohortWalk.circular.has(id) && dependsOnItself(id, (one) => this.#cohortDependencies(one))) return false
    const rule = this.#ruleOf(id)
    return rule !== null && matchesRule(rule, (property) => this.matches(property))
  }

  #ruleOf(id: number): CohortRule | null {
    return this.#world.cohorts.get(id)?.rule ?? null
  }

  #cohortDependencies(id: number): number[] {
    return cohortsOf(this.#ruleOf(id))
  }
}
