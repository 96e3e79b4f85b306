import { asArray, asObject, ExactNumber, type JsonObject, toNearestNumber } from '../../../platform/json.ts'

// The condition sets in a flag's `filters`, with types. Stored filters may be malformed or newer than this code: nothing here fails on them.

export const propertyKinds = ['PERSON', 'GROUP', 'COHORT', 'FLAG'] as const
export type PropertyKindName = (typeof propertyKinds)[number]

/** The operators of properties. The stored name of each is the same in lower case. */
export const propertyOperators = [
  ...(['EXACT', 'IS_NOT', 'IS_SET', 'IS_NOT_SET'] as const),
  ...(['ICONTAINS', 'NOT_ICONTAINS', 'ICONTAINS_MULTI', 'NOT_ICONTAINS_MULTI'] as const),
  ...(['STARTS_WITH', 'NOT_STARTS_WITH', 'ENDS_WITH', 'NOT_ENDS_WITH', 'REGEX', 'NOT_REGEX'] as const),
  ...(['GT', 'GTE', 'LT', 'LTE', 'BETWEEN', 'NOT_BETWEEN'] as const),
  ...(['IS_DATE_EXACT', 'IS_DATE_BEFORE', 'IS_DATE_AFTER'] as const),
  ...(['SEMVER_EQ', 'SEMVER_NEQ', 'SEMVER_GT', 'SEMVER_GTE', 'SEMVER_LT', 'SEMVER_LTE'] as const),
  ...(['SEMVER_TILDE', 'SEMVER_CARET', 'SEMVER_WILDCARD'] as const),
  ...(['IN', 'NOT_IN', 'FLAG_EVALUATES_TO'] as const),
] as const
export type StoredOperatorName = (typeof propertyOperators)[number]
/** UNKNOWN stands for a stored operator that is none of these. */
export type PropertyOperatorName = StoredOperatorName | 'UNKNOWN'

/** One property of a condition set: what must hold of a person, a group, a cohort or another flag. */
export interface PropertyCondition {
  kind: PropertyKindName
  key: string
  operator: PropertyOperatorName
  /** Null when there is none. */
  value: unknown
  /** The stored `negation`. Only the definitions of cohorts use it. */
  negated: boolean
  /** The index of the group type in whose properties a condition of kind GROUP looks. Null when it is not known. */
  groupTypeIndex: number | null
}

/** One condition set of a flag. */
export interface ConditionSet {
  /** The place in the stored list, from 0. */
  index: number
  properties: PropertyCondition[]
  /** In percent, as stored. Null stands for 100. */
  rolloutPercentage: number | null
  /** The variant that the set forces. */
  variantKey: string | null
  /** The index of the group type by which the set aggregates. Null: by people. */
  groupTypeIndex: number | null
  description: string | null
  /** Whether the set has the stamp of a frozen exposure. */
  exposureFrozen: boolean
  /** Why the set cannot be read. Null when it can. Nobody matches such a set. */
  problem: string | null
}

/** The condition sets of a flag. */
export interface FlagConditions {
  sets: ConditionSet[]
  /** Why the sets cannot all be given with types. Null when they can. */
  problem: string | null
}

/** The number of condition sets and properties that are read. Filters are at most 256 KB, so they hardly ever have more. */
const maxEntries = 20_000

/** Reads the condition sets in a flag's filters. */
export function readConditions(filters: unknown): FlagConditions {
  const fields = asObject(filters)
  if (fields === null) return { sets: [], problem: 'The filters are no object.' }
  const groups = asArray(fields.groups)
  if (groups === null) return { sets: [], problem: '`groups` is no list.' }
  const sets = groups.slice(0, maxEntries).map((group, index) => readConditionSet(group, index, fields.aggregation_group_type_index))
  const newer = fields.version == null ? null : 'The filters are of a newer format.'
  const broken = sets.find(({ problem }) => problem !== null)
  return { sets, problem: newer ?? (broken === undefined ? null : `Set ${broken.index}: ${broken.problem}`) }
}

/**
 * Reads one condition set.
 *
 * @param flagIndex the group type of the flag, which applies to a set without one
 */
export function readConditionSet(group: unknown, index: number, flagIndex: unknown): ConditionSet {
  const fields = asObject(group)
  const problems: string[] = []
  const note = (problem: string) => {
    problems.push(problem)
    return null
  }
  const groupTypeIndex = readGroupType(fields, flagIndex, note)
  const set = {
    index,
    properties: [] as PropertyCondition[],
    rolloutPercentage: null as number | null,
    variantKey: typeof fields?.variant === 'string' && fields.variant !== '' ? fields.variant : null,
    groupTypeIndex,
    description: typeof fields?.description === 'string' ? fields.description : null,
    exposureFrozen: fields?.exposure_frozen === true,
    problem: null as string | null,
  }
  if (fields === null) return { ...set, problem: 'it is no object.' }
  const percentage = toNearestNumber(fields.rollout_percentage ?? null)
  set.rolloutPercentage = typeof percentage === 'number' || percentage === null ? percentage : note('its percentage is no number.')
  const properties = asArray(fields.properties)
  if (properties === null) note('its properties are no list.')
  for (const property of properties?.slice(0, maxEntries) ?? []) {
    const read = readProperty(property, groupTypeIndex)
    if (typeof read === 'string') note(read)
    else set.properties.push(read)
  }
  set.problem = problems[0] ?? null
  return set
}

function readGroupType(fields: JsonObject | null, flagIndex: unknown, note: (problem: string) => null): number | null {
  const own = fields?.aggregation_group_type_index
  const index = (own === undefined ? flagIndex : own) ?? null
  return index === null || isIndex(index) ? index : note('its group type is no index.')
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const kinds: Readonly<Record<string, PropertyKindName>> = { person: 'PERSON', group: 'GROUP', cohort: 'COHORT', flag: 'FLAG' }
const operators: ReadonlyMap<unknown, PropertyOperatorName> = new Map<unknown, PropertyOperatorName>([
  ...propertyOperators.map((name) => [name.toLowerCase(), name] as const),
  // Older names.
  ['min', 'GTE'],
  ['max', 'LTE'],
])

/**
 * Reads a property of a condition set or of a cohort.
 *
 * @param groupIndex the group type of the set, for a property of a group without one
 * @returns what is wrong with it, if it cannot be read
 */
export function readProperty(property: unknown, groupIndex: number | null): PropertyCondition | string {
  const fields = asObject(property)
  if (fields === null) return 'a property is no object.'
  const kind =
    fields.type == null ? 'PERSON' : typeof fields.type === 'string' && Object.hasOwn(kinds, fields.type) ? kinds[fields.type] : undefined
  if (kind === undefined) return 'a property has an unknown type.'
  const key = typeof fields.key === 'number' || fields.key instanceof ExactNumber ? String(fields.key) : fields.key
  if (typeof key !== 'string') return 'a property has no key.'
  const own = fields.group_type_index ?? null
  if (own !== null && !isIndex(own)) return 'the group type of a property is no index.'
  return {
    kind,
    key,
    operator: readOperator(fields.operator ?? null, kind),
    value: fields.value ?? null,
    negated: fields.negation === true,
    groupTypeIndex: kind === 'GROUP' ? (own ?? groupIndex) : null,
  }
}

function readOperator(operator: unknown, kind: PropertyKindName): PropertyOperatorName {
  // Membership is the only thing to ask of a cohort, and `exact` is an older word for it.
  if (kind === 'COHORT' && (operator === null || operator === 'exact')) return 'IN'
  return operator === null ? 'EXACT' : (operators.get(operator) ?? 'UNKNOWN')
}

/** The number of the cohort that a property of kind COHORT names. Null when it names none. */
export function cohortIdOf({ kind, value }: Pick<PropertyCondition, 'kind' | 'value'>): number | null {
  if (kind !== 'COHORT') return null
  const id = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(id) ? (id as number) : null
}
