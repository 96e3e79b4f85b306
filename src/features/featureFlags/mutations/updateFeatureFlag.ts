import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { Bucketing } from '../conditionEnums.ts'
import { type FlagChanges, planFlagChange } from '../data/planFlagChange.ts'
import { EvaluationRuntime } from '../FeatureFlag.ts'
import { ConditionSetInput, typedFilterFields } from '../flagInput.ts'
import { flagMutation, versionInput } from '../flagMutation.ts'

defineMutation({
  ...flagMutation,
  name: 'updateFeatureFlag',
  description:
    'Changes a feature flag. Policies can guard switching it on or off, its percentages, its release conditions, and deleting it while ' +
    'it is on. A call that needs approval by several policies is a `PolicyConflictError`.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The changes to a flag. A field that is missing or null stays as it is.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'FeatureFlag', 'The flag'),
    version: versionInput(t),
    key: t.string({
      description:
        'The new key: 1 to 400 letters, digits, hyphens and underscores. Unique among the flags of the project that are not deleted.',
    }),
    name: t.string({ description: 'What the flag is for: at most 4,000 characters.' }),
    filters: t.field({
      type: 'JSON',
      description: 'Who gets which value. Each top-level key in this object replaces the stored one; the others stay. At most 256 KiB.',
    }),
    ...typedFilterFields(t, {
      conditions:
        'All condition sets of the flag, in order: at most 100. Replaces the list; an empty one leaves none, so that nobody gets the flag. Not ' +
        'together with `filters`, like each typed field of what `filters` holds.',
      variants:
        'All variants of the flag, in order: at most 100. Replaces the list; an empty one makes the flag boolean. Payloads of variants that ' +
        'are removed are removed too.',
      payload:
        'The data that applications get with a flag without variants: any JSON but null, at most 64 KiB. To remove it, send `removePayload`.',
      groupTypeIndex:
        'The index of the group type that the flag is about. Send `conditions` too, unless all sets are about it already. For a flag about ' +
        'people, send `conditions` whose `groupTypeIndex` is null.',
      earlyExit: 'Whether a person outside of the share of the first set that they match gets no value from later sets.',
    }),
    addConditions: t.field({
      type: [ConditionSetInput],
      description: 'Condition sets to add after those of the flag: at most 100. Not together with `conditions`.',
    }),
    rolloutPercentage: t.float({
      description: 'The share of each condition set of the flag, in percent: 0 to 100. Not together with `conditions`.',
    }),
    removePayload: t.boolean({ description: 'True removes the payload of a flag without variants.' }),
    bucketing: t.field({
      type: Bucketing,
      description:
        'By which id the flag divides people. `DEVICE_ID` is not possible together with `ensureExperienceContinuity`. Policies guard it ' +
        'like release conditions.',
    }),
    active: t.boolean({ description: 'Whether the flag is on.' }),
    archived: t.boolean({
      description: 'Whether the flag is archived. Switch a flag off before you archive it, or in the same call.',
    }),
    deleted: t.boolean({
      description:
        'True deletes the flag and frees its key. False restores it. What `FeatureFlag.deletionBlockers` lists keeps a flag from being ' +
        'deleted.',
    }),
    evaluationRuntime: t.field({ type: EvaluationRuntime, description: 'Where the flag may be evaluated.' }),
    evaluationContexts: t.stringList({
      description: 'All evaluation contexts of the flag: at most 100 names of at most 255 characters. Replaces the list.',
    }),
    tags: t.stringList({
      description: 'All labels of the flag: at most 100, of at most 255 characters each. Replaces the list.',
    }),
    ensureExperienceContinuity: t.boolean({
      description: 'Whether a person keeps the same value after login.',
    }),
  }),
  toCommand: (_context, { id, bucketing, ...fields }): FlagChanges => ({
    id,
    ...(bucketing == null ? {} : { bucketingIdentifier: bucketing }),
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)),
  }),
  plan: (tx, actor, changes) => planFlagChange(tx, actor, changes),
})
