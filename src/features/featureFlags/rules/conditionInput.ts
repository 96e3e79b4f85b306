import { asArray, asObject, canonicalJson, type JsonObject } from '../../../platform/json.ts'
import { cohortIdOf, type PropertyCondition, type PropertyOperatorName, readConditionSet, readProperty } from './conditions.ts'

// The conversion of typed condition sets to the stored form. A set or property that stays is stored as it was: with its stamp of a frozen
// exposure, and with keys that the types do not know.

export interface ValueConditionInput {
  key: string
  operator: PropertyOperatorName
  value?: unknown
  groupTypeIndex?: number | null
}

/** Exactly one of the fields is set. */
export interface PropertyConditionInput {
  person?: ValueConditionInput | null
  group?: ValueConditionInput | null
  cohort?: { cohortId: string; excluded?: boolean | null } | null
  flag?: { featureFlagId: string; value: unknown } | null
}

export interface ConditionSetInput {
  properties?: readonly PropertyConditionInput[] | null
  /** Null and missing stand for 100. */
  rolloutPercentage?: number | null
  variantKey?: string | null
  /** Null stands for people. If it is missing, the set has the group type of the flag. */
  groupTypeIndex?: number | null
  description?: string | null
}

/** What the ids in conditions stand for, in one project. Null if there is no such cohort or flag. */
export interface ConditionReferences {
  cohortId(input: string): number | null
  flagId(input: string): number | null
  /** The flag that a stored condition names by number or key. */
  storedFlagId(reference: string): number | null
}

/** The stored form of condition sets, and which of their properties were stored like that before. */
export interface TranslatedConditions {
  groups: JsonObject[]
  isKept(set: number, property: number): boolean
}

/**
 * Converts condition sets to the stored form. Each is matched with a stored set: one with the same content, else one with the same properties,
 * else the one at its place.
 *
 * @param stored the stored condition sets. Malformed ones match nothing.
 * @param flagIndex the group type of the flag after the change
 * @param storedFlagIndex the group type of the flag before it
 */
export function translateConditions(
  input: readonly ConditionSetInput[],
  stored: unknown,
  { flagIndex, storedFlagIndex, references }: { flagIndex: unknown; storedFlagIndex: unknown; references: ConditionReferences },
): TranslatedConditions {
  const next = input.map((set) => translateSet(set, flagIndex, references))
  const previous = (asArray(stored) ?? []).map((set, index) => describeSet(set, index, storedFlagIndex, references))
  const described = next.map((set, index) => describeSet(set, index, flagIndex, references))
  const matches = matchSets(described, previous)
  const kept = new Set<string>()
  const groups = next.map((set, index) => {
    const match = matches[index]
    if (match === undefined) return set
    const { properties, isSame } = keepProperties(set, match, flagIndex, references)
    // With another group type, a property that stays may not fit any more.
    const staysValid = described[index]?.groupTypeIndex === match.groupTypeIndex
    for (const at of isSame.keys()) if (isSame[at] && staysValid) kept.add(`${index} ${at}`)
    // Whatever says the same in another way, such as a missing percentage for 100, stays as it is stored.
    if (described[index]?.content === match.content) return { ...groupTypeKey(set), ...asObject(match.set) }
    return { ...untypedKeys(match.set), ...set, properties }
  })
  return { groups, isKept: (set, property) => kept.has(`${set} ${property}`) }
}

const typedKeys = new Set(['properties', 'rollout_percentage', 'variant', 'aggregation_group_type_index', 'description'])

function untypedKeys(set: unknown): JsonObject {
  return Object.fromEntries(Object.entries(asObject(set) ?? {}).filter(([key]) => !typedKeys.has(key)))
}

function groupTypeKey({ aggregation_group_type_index: index }: JsonObject): JsonObject {
  return index === undefined ? {} : { aggregation_group_type_index: index }
}

function translateSet(
  { properties, rolloutPercentage, variantKey, groupTypeIndex, description }: ConditionSetInput,
  flagIndex: unknown,
  references: ConditionReferences,
): JsonObject {
  const index = (groupTypeIndex === undefined ? flagIndex : groupTypeIndex) ?? null
  return {
    properties: (properties ?? []).map((property) => translateProperty(property, index, references)),
    rollout_percentage: rolloutPercentage ?? null,
    ...(variantKey == null ? {} : { variant: variantKey }),
    // A null of the set's own stands for people, whatever the flag has.
    ...(index === null && flagIndex == null ? {} : { aggregation_group_type_index: index }),
    ...(description == null ? {} : { description }),
  }
}

function translateProperty(
  { person, group, cohort, flag }: PropertyConditionInput,
  groupIndex: unknown,
  references: ConditionReferences,
): JsonObject {
  const comparison = ({ key, operator, value }: ValueConditionInput) => ({
    key,
    operator: operator.toLowerCase(),
    ...(value == null ? {} : { value }),
  })
  if (person != null) return { ...comparison(person), type: 'person' }
  if (group != null) {
    return { ...comparison(group), type: 'group', group_type_index: group.groupTypeIndex ?? groupIndex }
  }
  if (cohort != null) {
    return { key: 'id', type: 'cohort', value: references.cohortId(cohort.cohortId), operator: cohort.excluded ? 'not_in' : 'in' }
  }
  const id = flag == null ? null : references.flagId(flag.featureFlagId)
  return { key: String(id), type: 'flag', operator: 'flag_evaluates_to', value: flag?.value ?? null }
}

/** A condition set with texts by which it is compared. Equal texts mean equal content, as far as the types can say. */
interface DescribedSet {
  index: number
  set: unknown
  groupTypeIndex: number | null
  properties: { stored: unknown; content: string | null }[]
  content: string
  /** The content without what does not decide who is in the set. */
  conditions: string
}

function describeSet(set: unknown, index: number, flagIndex: unknown, references: ConditionReferences): DescribedSet {
  const { rolloutPercentage, variantKey, groupTypeIndex, description } = readConditionSet(set, index, flagIndex)
  const properties = (asArray(asObject(set)?.properties) ?? []).map((property) => {
    const read = readProperty(property, groupTypeIndex)
    return { stored: property, content: typeof read === 'string' ? null : describeProperty(read, references) }
  })
  const conditions = canonicalJson([groupTypeIndex, properties.map(({ content, stored }) => content ?? stored)])
  return {
    index,
    set,
    groupTypeIndex,
    properties,
    conditions,
    content: canonicalJson([conditions, rolloutPercentage ?? 100, variantKey, description]),
  }
}

function describeProperty(property: PropertyCondition, references: ConditionReferences): string {
  const { kind, key, operator, value, groupTypeIndex } = property
  switch (kind) {
    case 'COHORT':
      return canonicalJson([kind, operator, cohortIdOf(property) ?? value])
    case 'FLAG':
      return canonicalJson([kind, operator, references.storedFlagId(key) ?? key, value])
    default:
      return canonicalJson([kind, key, operator, value, groupTypeIndex])
  }
}

/** The stored set that each new set continues. A stored set is continued by at most one. */
function matchSets(next: readonly DescribedSet[], previous: readonly DescribedSet[]): (DescribedSet | undefined)[] {
  const matches: (DescribedSet | undefined)[] = next.map(() => undefined)
  const free = new Set(previous)
  for (const keyOf of [
    ({ content }: DescribedSet) => content,
    ({ conditions }: DescribedSet) => conditions,
    ({ index }: DescribedSet) => String(index),
  ]) {
    const candidates = Map.groupBy(free, keyOf)
    for (const set of next) {
      const match = matches[set.index] === undefined ? candidates.get(keyOf(set))?.shift() : undefined
      if (match === undefined) continue
      matches[set.index] = match
      free.delete(match)
    }
  }
  return matches
}

/** Replaces each property that the stored set has too by the stored one. */
function keepProperties(set: JsonObject, match: DescribedSet, flagIndex: unknown, references: ConditionReferences) {
  const { properties } = describeSet(set, 0, flagIndex, references)
  const stored = Map.groupBy(match.properties, ({ content }) => content)
  const matched = properties.map(({ content }) => (content === null ? undefined : stored.get(content)?.shift()))
  return {
    properties: properties.map((property, index) => (matched[index] ?? property).stored),
    isSame: matched.map((match) => match !== undefined),
  }
}
