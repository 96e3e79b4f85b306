import { findWritableProject } from '../../../commands/rowLocks.ts'
import type { Prisma, Project } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, fieldError } from '../../../platform/fieldError.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { Bucketing } from '../conditionEnums.ts'
import { lockDependencies, validateDependencies } from '../data/conditionReferences.ts'
import { convertTypedFilters } from '../data/convertTypedFilters.ts'
import { createFlag, findFlagByKey, type NewFlag, newFlagChange } from '../data/createFlag.ts'
import { reloadFlag } from '../data/flagLoaders.ts'
import { contextsOfNewFlag, settingsForNewFlag, validateRequiredLabels } from '../data/newFlagRules.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { typedFilterFields } from '../flagInput.ts'
import { normalizeFilters } from '../rules/normalizeFilters.ts'
import { splitTypedFilters, type TypedFilters } from '../rules/typedFilters.ts'
import { validateFilters } from '../rules/validateFilters.ts'
import { normalizeTags, validateFlag } from '../rules/validateFlag.ts'

/** The default filters, as in the reference: the flag is true for everybody. */
const defaultFilters = { groups: [{ properties: [], rollout_percentage: 100 }] }

defineMutation({
  name: 'createFeatureFlag',
  type: FeatureFlag,
  scope: 'feature_flag:write',
  description:
    'Creates a feature flag. A `FEATURE_FLAG_ENABLE` policy guards a flag that starts on. A `FEATURE_FLAG_UPDATE` policy guards its ' +
    'percentages.',
  errors: ['gate', 'validation'],
  inputDescription: 'A new flag.',
  argumentDescription: 'The flag.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the flag'),
    key: t.string({
      required: true,
      description:
        'The name that applications use: 1 to 400 letters, digits, hyphens and underscores. Unique among the flags of the project that ' +
        'are not deleted.',
    }),
    name: t.string({ description: 'What the flag is for: at most 4,000 characters. Default: empty.' }),
    filters: t.field({
      type: 'JSON',
      description:
        'Who gets which value, in the form of the REST API: `groups` (at least one condition set), `multivariate`, `payloads` and more. ' +
        'At most 256 KiB. Default: one condition set that matches everybody.',
    }),
    ...typedFilterFields(t, {
      conditions:
        'Who gets the flag: 1 to 100 condition sets, in order. Default, also for null: one that matches everybody. Not together with ' +
        '`filters`, like each typed field of what `filters` holds.',
      variants: 'The variants, in order: at most 100. Default, also for null and an empty list: none, so that the flag is boolean.',
      payload: 'The data that applications get with a flag without variants: any JSON of at most 64 KiB. Default, also for null: none.',
      groupTypeIndex: 'The index of the group type that the flag is about. Default, also for null: people.',
      earlyExit:
        'Whether a person outside of the share of the first set that they match gets no value from later sets. Default, also for null: false.',
    }),
    bucketing: t.field({
      type: Bucketing,
      description:
        'By which id the flag divides people. Default, also for null: `DISTINCT_ID`. `DEVICE_ID` is not possible together with `ensureExperienceContinuity`.',
    }),
    remoteConfiguration: t.boolean({
      description: 'Whether the flag only delivers its payload, as a remote configuration. Default, also for null: false.',
    }),
    active: t.boolean({ description: 'Whether the flag is on. Default: true.' }),
    evaluationRuntime: t.field({
      type: EvaluationRuntime,
      description: 'Where the flag may be evaluated. Default: `ALL`.',
    }),
    evaluationContexts: t.stringList({
      description:
        'The evaluation contexts of the flag: at most 100 names of at most 255 characters. They are stored trimmed and in lower case. ' +
        'New ones are added to the project.',
    }),
    tags: t.stringList({ description: 'Labels: at most 100, of at most 255 characters each.' }),
    ensureExperienceContinuity: t.boolean({
      description: 'Whether a person keeps the same value after login. Default: the setting of the project.',
    }),
  }),
  toCommand: (_context, { bucketing, remoteConfiguration, conditions, variants, payload, groupTypeIndex, earlyExit, ...input }) => ({
    ...input,
    ...(withoutNulls({ conditions, variants, payload, groupTypeIndex, earlyExit }) as TypedFilters),
    ...withoutNulls({ bucketingIdentifier: bucketing, isRemoteConfiguration: remoteConfiguration }),
    name: input.name ?? '',
    // Null: the plan uses the typed inputs and the default.
    filters: (input.filters ?? null) as Prisma.JsonValue,
    active: input.active ?? true,
    evaluationRuntime: input.evaluationRuntime ?? 'all',
    evaluationContexts: input.evaluationContexts ?? [],
    tags: input.tags ?? [],
    // Null: the plan uses the project's default.
    ensureExperienceContinuity: input.ensureExperienceContinuity ?? null,
  }),
  plan: async (tx, actor, input) => {
    const project = await findWritableProject(tx, actor, input.projectId)
    const existing = await findFlagByKey(tx, project.id, input.key)
    const { typed, others } = splitTypedFilters(input)
    const given = others.filters ?? undefined
    const converted = typed === null ? null : await convertTypedFilters(tx, project.id, typed, given, null)
    const filters = given ?? { ...defaultFilters, ...converted?.filters }
    const filterErrors = validateFilters(filters, null)
    const evaluationContexts = await contextsOfNewFlag(tx, project, input.evaluationContexts)
    const ensureExperienceContinuity = input.ensureExperienceContinuity ?? defaultContinuity(project, others)
    assertValid([
      ...validateFlag(input),
      ...(existing === null ? [] : [fieldError(['key'], 'There is already a feature flag with this key.', 'unique')]),
      ...(converted === null ? filterErrors : [...converted.errors, ...converted.toInputErrors(filterErrors)]),
      ...errorIf(
        ensureExperienceContinuity && others.bucketingIdentifier === 'device_id',
        ['ensureExperienceContinuity'],
        'Must be false while the flag buckets by device_id.',
      ),
      ...validateRequiredLabels(
        project,
        { evaluationContexts, tags: input.tags },
        { evaluationContexts: ['evaluationContexts'], tags: ['tags'] },
      ),
    ])
    const newFlag = { id: null, projectId: project.id, key: input.key }
    const circles = await validateDependencies(tx, newFlag, filters, null, () => lockDependencies(tx, project.id))
    assertValid(converted === null ? circles : converted.toInputErrors(circles))
    const { projectId, ...values } = {
      ...others,
      filters: normalizeFilters(filters, null) as Prisma.InputJsonObject,
      ensureExperienceContinuity,
      evaluationContexts,
      tags: normalizeTags(input.tags),
    }
    const flag = { ...values, projectId }
    return {
      project,
      resource: { type: 'FEATURE_FLAG', id: null },
      experimentName: null,
      flag: newFlagChange(flag, false),
      rows: [
        settingsForNewFlag(project, {
          evaluationContexts: input.evaluationContexts.length === 0 ? evaluationContexts : null,
          usesPersistence: input.ensureExperienceContinuity === null,
          labels: { evaluationContexts, tags: input.tags },
        }),
      ],
      before: {},
      after: values,
      apply: async (tx) => {
        const { id, version } = await createFlag(tx, actor, flag)
        return { id, experimentId: null, featureFlagId: id, version }
      },
    }
  },
  reload: reloadFlag,
})

/** A flag that buckets by device cannot keep a person's value after login, whatever the project's default is. */
function defaultContinuity(project: Project, { bucketingIdentifier }: Pick<NewFlag, 'bucketingIdentifier'>): boolean {
  return project.flagsPersistenceDefault && bucketingIdentifier !== 'device_id'
}

function withoutNulls<Values extends object>(values: Values): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null)) as never
}
