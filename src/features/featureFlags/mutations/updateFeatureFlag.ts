import { defineCommand } from '../../../commands/registry.ts'
import { lockFlag } from '../../../commands/rowLocks.ts'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid, InvalidStateError } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { assertNoDependentFlags } from '../data/dependentFlags.ts'
import { nextKey, validateKeyAvailable } from '../data/flagKey.ts'
import { reloadFlag } from '../data/flagLoaders.ts'
import { type FlagPatch, planFlagUpdate } from '../data/planFlagUpdate.ts'
import { validateRemovedVariants } from '../data/removedVariants.ts'
import { getEvaluationContexts, setEvaluationContexts } from '../data/writeContexts.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { restoreEncryptedPayloads, validateEncryptedPayloads } from '../rules/encryptedPayloads.ts'
import { normalizeFilters } from '../rules/normalizeFilters.ts'
import { validateFilters } from '../rules/validateFilters.ts'
import { normalizeContextNames, normalizeTags, validateFlag } from '../rules/validateFlag.ts'

/** What is to be set; what is missing stays. */
interface UpdateFlagData {
  id: number
  version?: number
  key?: string
  name?: string
  filters?: Prisma.JsonValue
  active?: boolean
  archived?: boolean
  deleted?: boolean
  evaluationRuntime?: FlagRow['evaluationRuntime']
  evaluationContexts?: string[]
  tags?: string[]
  ensureExperienceContinuity?: boolean
}

const updateFeatureFlag = defineCommand<UpdateFlagData>({
  name: 'updateFeatureFlag',
  plan: async (tx, actor, { id, version, ...values }) => {
    const flag = await lockFlag(tx, actor, id)
    const stored = flag.filters as Prisma.JsonObject
    const filters = values.filters === undefined ? undefined : restoreEncryptedPayloads(flag, values.filters)
    assertValid([
      ...validateFlag(values),
      ...(await validateKeyAvailable(tx, flag, values)),
      ...(filters === undefined
        ? []
        : validateFilters(filters, stored).map(({ path, code, message }) => fieldError(['filters', ...path], message, code))),
      ...validateEncryptedPayloads(flag, filters),
      ...validateState(flag, values),
    ])
    const nextFilters =
      filters === undefined ? undefined : (normalizeFilters(filters as Prisma.JsonObject, stored) as Prisma.InputJsonObject)
    assertValid([
      ...(await validateDeletion(tx, flag, values)),
      ...(nextFilters === undefined ? [] : await validateRemovedVariants(tx, flag, nextFilters, ['filters', 'multivariate', 'variants'])),
    ])
    if (flag.active && (values.active === false || (values.deleted === true && !flag.deleted))) await assertNoDependentFlags(tx, flag)

    const contexts = values.evaluationContexts === undefined ? undefined : normalizeContextNames(values.evaluationContexts)
    const { filters: _, evaluationContexts: __, tags, ...columns } = values
    const patch: FlagPatch = {
      ...columns,
      ...nextKey(flag, values),
      ...(tags === undefined ? {} : { tags: normalizeTags(tags) }),
      ...(nextFilters === undefined ? {} : { filters: nextFilters }),
    }
    const storedContexts = contexts === undefined ? undefined : await getEvaluationContexts(tx, id)
    const flagPlan = planFlagUpdate(actor, flag, patch, {
      givenFilterKeys: Object.keys((filters as Prisma.JsonObject | undefined) ?? {}),
      expectedVersion: version === undefined || version === flag.version ? null : version,
      extraValues: {
        before: storedContexts === undefined ? {} : { evaluationContexts: storedContexts },
        after: contexts === undefined ? {} : { evaluationContexts: contexts },
      },
    })
    return {
      project: flag.project,
      resource: { type: 'FEATURE_FLAG', id },
      experimentName: null,
      flag: flagPlan.change,
      before: flagPlan.before,
      after: flagPlan.after,
      ...(version === undefined || version === flag.version ? {} : { versionConflict: await createVersionConflict(tx, flag) }),
      apply: async (tx) => {
        const newVersion = await flagPlan.apply(tx)
        if (contexts !== undefined) await setEvaluationContexts(tx, flag.projectId, id, contexts)
        return { id, experimentId: null, featureFlagId: id, version: newVersion }
      },
    }
  },
})

type UpdateFlagValues = Omit<UpdateFlagData, 'id' | 'version'>

/** Somebody changed the flag since the caller read it. */
async function createVersionConflict(tx: Transaction, flag: FlagRow): Promise<InvalidStateError> {
  const lastEditor =
    flag.lastModifiedById === null ? null : await tx.user.findUnique({ where: { id: flag.lastModifiedById }, select: { email: true } })
  return new InvalidStateError(
    `The feature flag was updated by ${lastEditor?.email ?? 'somebody'} since you started editing it. Please refresh and try again.`,
    `version ${flag.version}`,
  )
}

function validateState(flag: FlagRow, { active, archived, ensureExperienceContinuity }: UpdateFlagValues): FieldError[] {
  const fieldErrors: FieldError[] = []
  if ((active ?? flag.active) && (archived ?? flag.archived)) {
    if (archived === true) {
      fieldErrors.push(
        fieldError(['archived'], 'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.'),
      )
    } else fieldErrors.push(fieldError(['active'], 'Cannot enable an archived feature flag. Unarchive it first.'))
  }
  if (ensureExperienceContinuity === true && flag.bucketingIdentifier === 'device_id') {
    fieldErrors.push(fieldError(['ensureExperienceContinuity'], 'Must be false while the flag buckets by device_id.'))
  }
  return fieldErrors
}

/** A flag that experiments use cannot be deleted. */
async function validateDeletion(tx: Transaction, flag: FlagRow, values: UpdateFlagValues): Promise<FieldError[]> {
  if (values.deleted !== true || flag.deleted) return []
  const experiments = await tx.experiment.findMany({
    where: { featureFlagId: flag.id, deleted: false },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: 100,
  })
  if (experiments.length === 0) return []
  return [
    fieldError(
      ['deleted'],
      `Cannot delete a feature flag that is linked to active experiment(s) with ID(s): ${experiments.map(({ id }) => id).join(', ')}. ` +
        'Please delete the experiment(s) before deleting the flag.',
    ),
  ]
}

const UpdateFeatureFlagInput = builder.inputType('UpdateFeatureFlagInput', {
  description: 'What is to be changed of a flag. What is not given, or null, stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The flag: its global id, or its number.' }),
    version: t.int({
      required: false,
      description:
        'The version the caller has read. When the flag has another by now, nothing is written and `InvalidStateError` comes; a change that a ' +
        'policy guards becomes a request that is stale from the start. Without it, the last writer wins.',
    }),
    key: t.string({
      required: false,
      description: 'Its new key: 1 to 400 letters, digits, hyphens and underscores, unique among the live flags of the project.',
    }),
    name: t.string({ required: false, description: 'What it is for: at most 4,000 characters.' }),
    filters: t.field({
      type: 'JSON',
      required: false,
      description: 'Who gets which answer. The top-level keys given here replace those that are stored; the others stay. At most 256 KiB.',
    }),
    active: t.boolean({ required: false, description: 'Whether it is switched on.' }),
    archived: t.boolean({
      required: false,
      description: 'Whether it is put away. A flag that is on has to be switched off first, or with it.',
    }),
    deleted: t.boolean({
      required: false,
      description: 'True deletes it, and frees its key; false restores it. A flag that experiments use cannot be deleted.',
    }),
    evaluationRuntime: t.field({ type: EvaluationRuntime, required: false, description: 'Where it may be evaluated.' }),
    evaluationContexts: t.stringList({
      required: false,
      description: 'All the contexts it may be evaluated in from now on: at most 100 names of 255 characters.',
    }),
    tags: t.stringList({ required: false, description: 'All its labels from now on: at most 100, of 255 characters each.' }),
    ensureExperienceContinuity: t.boolean({
      required: false,
      description: 'Whether a person keeps the answer they had before they logged in.',
    }),
  }),
})

builder.mutationField('updateFeatureFlag', (t) =>
  t.field({
    type: FeatureFlag,
    description:
      'Changes a feature flag. Switching it on or off, its percentages and release conditions, and deleting one that is on can be guarded by ' +
      `policies; one call that needs the consent of several policies is refused.\n\n${requiresScopeText('feature_flag:write')}`,
    args: { input: t.arg({ type: UpdateFeatureFlagInput, required: true, description: 'What is to be changed.' }) },
    authScopes: { scope: 'feature_flag:write' },
    errors: mutationErrors('updateFeatureFlag', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) => {
      const { id, ...fields } = input
      const values = Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
      return reloadFlag(context, await runCommand(context, updateFeatureFlag, { id: parseInputId('FeatureFlag', id), ...values }))
    },
  }),
)
