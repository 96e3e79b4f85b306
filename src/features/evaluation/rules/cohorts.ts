import { asObject, isDeeperThan } from '../../../platform/json.ts'
import { cohortIdOf, type PropertyCondition, readProperty } from '../../featureFlags/rules/conditions.ts'

/** A cohort, as conditions ask for it. */
export interface EvaluatedCohort {
  id: number
  isStatic: boolean
  /** Whether a static cohort has any members here. */
  hasMembers: boolean
  /** The definition of a cohort that is not static. Null when nobody can match it here. */
  rule: CohortRule | null
}

/** The definition of a cohort (evaluation.md 9): a tree of filters. */
export type CohortRule = { all: boolean; rules: readonly CohortRule[] } | PropertyCondition

const maxDepth = 50

/** Reads the definition of a cohort. Null when nobody can match it here: it is malformed, or asks for what people did. */
export function readCohort(filters: unknown): CohortRule | null {
  const tree = asObject(filters)?.properties
  return tree == null || isDeeperThan(tree, maxDepth) ? null : readRule(tree)
}

function readRule(value: unknown): CohortRule | null {
  const fields = asObject(value)
  if (fields === null || !('values' in fields)) return readLeaf(value)
  const { type, values } = fields
  if (!Array.isArray(values) || (type !== 'AND' && type !== 'OR' && type !== 'property')) return null
  const rules = values.map(readRule)
  return rules.some((rule) => rule === null) ? null : { all: type !== 'OR', rules: rules as CohortRule[] }
}

/** Cohorts are of people, so their filters are on people and on other cohorts. */
function readLeaf(value: unknown): PropertyCondition | null {
  const property = readProperty(value, null)
  return typeof property === 'string' || (property.kind !== 'PERSON' && property.kind !== 'COHORT') ? null : property
}

/** The filters of a definition. */
export function leavesOf(rule: CohortRule | null): PropertyCondition[] {
  if (rule === null) return []
  return 'rules' in rule ? rule.rules.flatMap(leavesOf) : [rule]
}

/** The other cohorts that a definition names. */
export function cohortsOf(rule: CohortRule | null): number[] {
  return leavesOf(rule).flatMap((leaf) => cohortIdOf(leaf) ?? [])
}

/** Whether a definition holds. */
export function matchesRule(rule: CohortRule, matches: (property: PropertyCondition) => boolean): boolean {
  if (!('rules' in rule)) return matches(rule) !== rule.negated
  return rule.all ? rule.rules.every((inner) => matchesRule(inner, matches)) : rule.rules.some((inner) => matchesRule(inner, matches))
}
