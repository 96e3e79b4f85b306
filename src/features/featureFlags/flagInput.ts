import { builder } from '../../graphql/builder.ts'
import type { InputFields } from '../../graphql/mutation.ts'
import { PropertyOperator } from './conditionEnums.ts'
import type { TypedFilters } from './rules/typedFilters.ts'

// The parts of a flag's `filters` as typed inputs.

export const VariantInput = builder.inputType('VariantInput', {
  description: 'A variant of a flag.',
  fields: (t) => ({
    key: t.string({
      required: true,
      description:
        'The value that the flag returns: 1 to 400 letters, digits, hyphens, underscores, dots and slashes. Unique within the flag.',
    }),
    name: t.string({ description: 'The display name: at most 400 characters.' }),
    rolloutPercentage: t.float({
      required: true,
      description: 'The share of people who get the variant, in percent: 0 to 100. All shares add up to 100.',
    }),
    payload: t.field({
      type: 'JSON',
      description:
        'The data that applications get with the variant: any JSON of at most 64 KiB. Missing or null: a variant that stays keeps its payload.',
    }),
  }),
})

const ValueConditionInput = builder.inputType('ValueConditionInput', {
  description: 'A comparison of a property with a value.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The name of the property: 1 to 400 characters.' }),
    operator: t.field({
      type: PropertyOperator,
      required: true,
      description:
        'How the property is compared. `IN`, `NOT_IN` and `FLAG_EVALUATES_TO` are for cohorts and flags. `UNKNOWN` stands for a stored ' +
        'operator that the service does not know: such a condition can only be sent back unchanged.',
    }),
    value: t.field({
      type: 'JSON',
      description:
        'What the property is compared with. Required but for `IS_SET` and `IS_NOT_SET`. A list for `ICONTAINS_MULTI` and ' +
        '`NOT_ICONTAINS_MULTI`, two numbers for `BETWEEN` and `NOT_BETWEEN`, a date or a time back such as `-7d` for `IS_DATE_…`, a version ' +
        'for `SEMVER_…`, a text, number, boolean or list for `EXACT` and `IS_NOT`, otherwise a text or number.',
    }),
    groupTypeIndex: t.int({
      description:
        'Of a property of a group: the index of its group type. Default, also for null: the group type of the condition set. Must be left ' +
        'out for a property of a person.',
    }),
  }),
})

const CohortConditionInput = builder.inputType('CohortConditionInput', {
  description: 'A condition on the membership in a cohort.',
  fields: (t) => ({
    cohortId: t.id({
      required: true,
      description: 'The cohort: its global id, or its number. A cohort of the project that is not deleted.',
    }),
    excluded: t.boolean({ description: 'Whether the condition holds for people outside of the cohort. Default, also for null: false.' }),
  }),
})

const FlagConditionInput = builder.inputType('FlagConditionInput', {
  description: 'A condition on the value of another flag.',
  fields: (t) => ({
    featureFlagId: t.id({
      required: true,
      description:
        'The other flag: its global id, or its number. A flag of the project that is not deleted, and does not depend on this flag.',
    }),
    value: t.field({
      type: 'JSON',
      required: true,
      description: 'What the other flag must return: true for on, false for off, or the key of a variant.',
    }),
  }),
})

const PropertyConditionInput = builder.inputType('PropertyConditionInput', {
  description: 'One condition of a condition set: exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    person: t.field({ type: ValueConditionInput, description: 'A property of the person. Not in a condition set about groups.' }),
    group: t.field({ type: ValueConditionInput, description: 'A property of the group. Only in a condition set about groups.' }),
    cohort: t.field({ type: CohortConditionInput, description: 'A cohort of people. Not in a condition set about groups.' }),
    flag: t.field({ type: FlagConditionInput, description: 'The value of another flag.' }),
  }),
})

export const ConditionSetInput = builder.inputType('ConditionSetInput', {
  description:
    'A set of conditions, all of which must hold, and the share of those who then get the flag. A set that stays keeps what this type ' +
    'cannot say. It is recognised by its content, then by its place.',
  fields: (t) => ({
    properties: t.field({
      type: [PropertyConditionInput],
      description: 'The conditions: at most 100. Default, also for null: none, so that the set is for everybody.',
    }),
    rolloutPercentage: t.float({
      description: 'The share of those who meet the conditions, in percent: 0 to 100. Default, also for null: 100.',
    }),
    variantKey: t.string({
      description: 'The variant that all people of the set get. Default, also for null: the variants are divided by chance.',
    }),
    groupTypeIndex: t.int({
      description:
        'The index of the group type that the set is about. Null: people. Default: the group type of the flag, which is people unless it has one.',
    }),
    description: t.string({ description: 'What the set is for: at most 4,000 characters. Default, also for null: none.' }),
  }),
})

type TypedField = Exclude<keyof TypedFilters, 'addConditions' | 'rolloutPercentage' | 'removePayload'>

/** The typed inputs that `createFeatureFlag` and `updateFeatureFlag` share, except for their descriptions. */
export function typedFilterFields(t: InputFields, descriptions: Record<TypedField, string>) {
  return {
    conditions: t.field({ type: [ConditionSetInput], description: descriptions.conditions }),
    variants: t.field({ type: [VariantInput], description: descriptions.variants }),
    payload: t.field({ type: 'JSON', description: descriptions.payload }),
    groupTypeIndex: t.int({ description: descriptions.groupTypeIndex }),
    earlyExit: t.boolean({ description: descriptions.earlyExit }),
  }
}
