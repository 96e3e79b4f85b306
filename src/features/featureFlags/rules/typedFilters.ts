import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { type ConditionReferences, type ConditionSetInput, type PropertyConditionInput, translateConditions } from './conditionInput.ts'
import { needsOtherValue, validatePercentage } from './validateConditionSets.ts'

// The parts of a flag's `filters` as typed inputs: their conversion, and the errors of the filters at their paths in the input.

/** A variant of the GraphQL input `VariantInput`. */
export interface VariantInput {
  key: string
  name?: string | null
  rolloutPercentage: number
  payload?: unknown
}

/** The typed inputs of a write. Missing ones leave the filters as they are. */
export interface TypedFilters {
  conditions?: ConditionSetInput[]
  addConditions?: ConditionSetInput[]
  rolloutPercentage?: number
  variants?: VariantInput[]
  payload?: unknown
  removePayload?: boolean
  groupTypeIndex?: number
  earlyExit?: boolean
}

const fieldNames = [
  'conditions',
  'addConditions',
  'rolloutPercentage',
  'variants',
  'payload',
  'removePayload',
  'groupTypeIndex',
  'earlyExit',
] as const satisfies readonly (keyof TypedFilters)[]

/** Splits the values of a write into the typed inputs and the rest. Null without typed inputs. */
export function splitTypedFilters<Values extends object>(
  values: Values & TypedFilters,
): { typed: TypedFilters | null; others: Omit<Values, keyof TypedFilters> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  const isTyped = ([name]: [string, unknown]) => (fieldNames as readonly string[]).includes(name)
  const typed = given.filter(isTyped)
  return {
    typed: typed.length === 0 ? null : Object.fromEntries(typed),
    others: Object.fromEntries(given.filter((entry) => !isTyped(entry))) as Omit<Values, keyof TypedFilters>,
  }
}

const maxConditions = 100
const maxProperties = 100
const maxVariants = 100
const maxKeyLength = 400
const maxDescriptionLength = 4_000
const maxVariantName = 400
const maxPayloadBytes = 65_536

/** Returns the errors of typed inputs that the rules for filters do not know. References are checked apart. */
export function validateTypedFilters(typed: TypedFilters, hasFilters: boolean): FieldError[] {
  const { conditions, addConditions, rolloutPercentage, variants, payload, removePayload } = typed
  const given = fieldNames.filter((name) => typed[name] !== undefined)
  const together = (field: string, other: string) => fieldError([field], `Cannot be sent together with \`${other}\`.`, 'conflict')
  const conflicts = [
    ...(hasFilters ? given.map((name) => together(name, 'filters')) : []),
    ...(conditions !== undefined && addConditions !== undefined ? [together('addConditions', 'conditions')] : []),
    ...(conditions !== undefined && rolloutPercentage !== undefined ? [together('rolloutPercentage', 'conditions')] : []),
    ...(payload !== undefined && removePayload === true ? [together('removePayload', 'payload')] : []),
  ]
  if (conflicts.length > 0) return conflicts
  return [
    ...validateSets('conditions', conditions),
    ...validateSets('addConditions', addConditions),
    ...validateVariantInputs(variants),
    ...(rolloutPercentage === undefined ? [] : validatePercentage(['rolloutPercentage'], rolloutPercentage)),
    ...(payload === undefined ? [] : validateStorable(['payload'], payload, maxPayloadBytes)),
  ]
}

function validateSets(field: string, sets: readonly ConditionSetInput[] = []): FieldError[] {
  if (sets.length > maxConditions) return [tooMany([field], maxConditions)]
  return sets.flatMap(({ properties, description }, index) => {
    const path = [field, String(index)]
    if ((properties?.length ?? 0) > maxProperties) return [tooMany([...path, 'properties'], maxProperties)]
    return [
      ...validateText([...path, 'description'], description, maxDescriptionLength),
      ...(properties ?? []).flatMap((property, at) => validatePropertyInput([...path, 'properties', String(at)], property)),
    ]
  })
}

function validatePropertyInput(path: readonly string[], { person, group, flag }: PropertyConditionInput): FieldError[] {
  const [kind, compared] = person != null ? ['person', person] : ['group', group]
  if (compared != null) {
    const { key, operator, value, groupTypeIndex } = compared
    const needsValue = operator !== 'IS_SET' && operator !== 'IS_NOT_SET'
    const place = [...path, kind as string]
    return [
      ...validateText([...place, 'key'], key, maxKeyLength),
      ...(needsValue && value == null ? [fieldError([...place, 'value'], `${operator} needs a value.`, 'required')] : []),
      ...(kind === 'person' && groupTypeIndex != null
        ? [fieldError([...place, 'groupTypeIndex'], 'Must be left out for a property of a person.')]
        : []),
    ]
  }
  if (flag != null && typeof flag.value !== 'boolean' && (typeof flag.value !== 'string' || flag.value === '')) {
    return [fieldError([...path, 'flag', 'value'], 'Must be true, false or the key of a variant.')]
  }
  return []
}

function validateVariantInputs(variants: readonly VariantInput[] = []): FieldError[] {
  if (variants.length > maxVariants) return [tooMany(['variants'], maxVariants)]
  return variants.flatMap(({ name, payload }, index) => [
    ...validateText(['variants', String(index), 'name'], name, maxVariantName),
    ...(payload == null ? [] : validateStorable(['variants', String(index), 'payload'], payload, maxPayloadBytes)),
  ])
}

const tooMany = (path: readonly string[], max: number) =>
  fieldError(path, `Ensure this field has no more than ${max} elements.`, 'max_length')

/** Filters that typed inputs were converted to. */
export interface ConvertedFilters {
  /** The top-level keys to set. */
  filters: JsonObject
  /** The errors that show only after the conversion, at their paths in the input. */
  errors: FieldError[]
  /** Converts errors of the filters to errors of the input. Drops those of properties that are stored already. */
  toInputErrors(errors: readonly FieldError[]): FieldError[]
}

/**
 * Converts typed inputs to the top-level keys of `filters` that they set.
 *
 * @param stored the stored filters; null for a new flag
 */
export function toFilters(typed: TypedFilters, stored: unknown, references: ConditionReferences): ConvertedFilters {
  const before = asObject(stored) ?? {}
  const { conditions, addConditions, rolloutPercentage, variants, groupTypeIndex, earlyExit } = typed
  const storedFlagIndex = before.aggregation_group_type_index
  const indexes = { flagIndex: groupTypeIndex ?? storedFlagIndex, storedFlagIndex, references }
  const storedSets = Array.isArray(before.groups) ? before.groups : []
  const translated = translateConditions(conditions ?? addConditions ?? [], conditions === undefined ? [] : storedSets, indexes)
  const kept =
    rolloutPercentage === undefined
      ? storedSets
      : storedSets.map((set: unknown) => ({ properties: [], ...asObject(set), rollout_percentage: rolloutPercentage }))
  const firstAdded = conditions === undefined ? kept.length : 0
  const setsGroups = conditions !== undefined || addConditions !== undefined || rolloutPercentage !== undefined
  const payloads = nextPayloads(typed, before)
  const errors = [
    ...(rolloutPercentage !== undefined && storedSets.length === 0
      ? [fieldError(['rolloutPercentage'], 'The flag has no condition set.')]
      : []),
    ...payloads.errors,
  ]
  const filters = {
    ...(setsGroups ? { groups: conditions === undefined ? [...kept, ...translated.groups] : translated.groups } : {}),
    ...(variants === undefined ? {} : { multivariate: nextMultivariate(variants, before.multivariate) }),
    ...(payloads.value === undefined ? {} : { payloads: payloads.value }),
    ...(groupTypeIndex === undefined ? {} : { aggregation_group_type_index: groupTypeIndex }),
    ...(earlyExit === undefined ? {} : { early_exit: earlyExit }),
  }
  const toInput = (error: FieldError): FieldError[] => {
    const [, key, first = '', ...rest] = error.path
    if (key === 'groups' && first !== '') {
      const index = Number(first) - firstAdded
      // A set that stays is not of this input, apart from a variant that it forces.
      if (index < 0) return rest[0] === 'variant' && variants !== undefined ? [{ ...error, path: ['variants'] }] : []
      const [, at] = rest
      if (rest[0] === 'properties' && at !== undefined && translated.isKept(index, Number(at))) return []
      return [{ ...error, path: setPath(error.path, index, (conditions ?? addConditions)?.[index], translated.groups[index], typed) }]
    }
    return [{ ...error, path: otherPath(error.path, typed) }]
  }
  return { filters, errors, toInputErrors: (all) => all.flatMap(toInput) }
}

/** Returns the variants in the stored form. A variant that stays keeps the keys that the type does not know. */
function nextMultivariate(variants: readonly VariantInput[], stored: unknown): JsonObject | null {
  if (variants.length === 0) return null
  const previous = asArray(asObject(stored)?.variants) ?? []
  return {
    ...asObject(stored),
    variants: variants.map(({ key, name, rolloutPercentage }) => {
      const { name: _, ...same } = asObject(previous.find((variant) => asObject(variant)?.key === key)) ?? {}
      return { ...same, key, ...(name == null ? {} : { name }), rollout_percentage: rolloutPercentage }
    }),
  }
}

/** Returns the payloads after the write, as JSON text. Undefined if they stay. */
function nextPayloads(
  { variants, payload, removePayload }: TypedFilters,
  { multivariate, payloads }: JsonObject,
): { value?: JsonObject; errors: FieldError[] } {
  if (variants === undefined && payload === undefined && removePayload !== true) return { errors: [] }
  const keys = variants?.map(({ key }) => key) ?? (asArray(asObject(multivariate)?.variants) ?? []).map((variant) => asObject(variant)?.key)
  const isMultivariate = keys.length > 0
  const ofVariant = 'Must be left out: a flag with variants has the payloads of its variants.'
  const errors = isMultivariate
    ? [
        ...(payload === undefined ? [] : [fieldError(['payload'], ofVariant)]),
        ...(removePayload === true ? [fieldError(['removePayload'], ofVariant)] : []),
      ]
    : []
  const stored = asObject(payloads)
  const retained = Object.entries(stored ?? {}).filter(([key]) =>
    isMultivariate ? keys.includes(key) : key === 'true' && removePayload !== true,
  )
  const given = (variants ?? []).flatMap(({ key, payload }) => (payload == null ? [] : [[key, JSON.stringify(payload)] as const]))
  const value = Object.fromEntries([
    ...retained,
    ...given,
    ...(payload === undefined || isMultivariate ? [] : [['true', JSON.stringify(payload)] as const]),
  ])
  return stored === null && Object.keys(value).length === 0 ? { errors } : { value, errors }
}

const setFields: Readonly<Record<string, string>> = {
  rollout_percentage: 'rolloutPercentage',
  variant: 'variantKey',
  aggregation_group_type_index: 'groupTypeIndex',
}

/** The path of an error in a condition set: `filters.groups.2.properties.0.key` becomes `conditions.2.properties.0.person.key`. */
function setPath(
  [, , , field, at, propertyField]: readonly string[],
  index: number,
  input: ConditionSetInput | undefined,
  group: JsonObject | undefined,
  typed: TypedFilters,
): string[] {
  const path = [typed.conditions === undefined ? 'addConditions' : 'conditions', String(index)]
  if (field === undefined) return path
  if (field !== 'properties' || at === undefined) return [...path, setFields[field] ?? field]
  const property = input?.properties?.[Number(at)] ?? {}
  const kind = (['person', 'group', 'cohort', 'flag'] as const).find((name) => property[name] != null) ?? 'person'
  const inProperty = [...path, 'properties', at, kind]
  if (propertyField === undefined || propertyField === 'type') return inProperty
  if (kind === 'cohort') return [...inProperty, 'cohortId']
  if (kind === 'flag') return [...inProperty, propertyField === 'key' ? 'featureFlagId' : 'value']
  if (propertyField === 'group_type_index') return [...inProperty, 'groupTypeIndex']
  // The rule for filters blames the operator. Of two typed fields, the value is at fault.
  const stored = (asArray(group?.properties) ?? [])[Number(at)]
  return [...inProperty, propertyField === 'operator' && needsOtherValue(stored) ? 'value' : propertyField]
}

/** The path of an error outside of condition sets. Errors of the filters as a whole are put at the first typed input. */
function otherPath([, key, ...rest]: readonly string[], typed: TypedFilters): string[] {
  const first = fieldNames.find((name) => typed[name] !== undefined) ?? 'conditions'
  switch (key) {
    case 'groups':
      return [typed.conditions === undefined ? first : 'conditions']
    case 'multivariate': {
      const [, index, field] = rest
      if (index === undefined) return ['variants']
      return ['variants', index, ...(field === undefined ? [] : [field === 'rollout_percentage' ? 'rolloutPercentage' : field])]
    }
    case 'payloads': {
      const at = typed.variants?.findIndex((variant) => variant.key === rest[0]) ?? -1
      if (at >= 0) return ['variants', String(at), 'payload']
      return [typed.payload === undefined && typed.variants !== undefined ? 'variants' : 'payload']
    }
    case 'aggregation_group_type_index':
      return ['groupTypeIndex']
    case 'early_exit':
      return ['earlyExit']
    default:
      return [first]
  }
}
