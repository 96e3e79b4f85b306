import { normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import { lockFlag } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, InvalidStateError } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { idInput } from '../../projects/inputIds.ts'
import { assertNoDependentFlags } from '../data/dependentFlags.ts'
import { getEvaluationContexts, setEvaluationContexts } from '../data/evaluationContexts.ts'
import { nextKey, validateKeyAvailable } from '../data/flagKey.ts'
import { reloadFlag } from '../data/flagLoaders.ts'
import { type FlagPatch, planFlagUpdate } from '../data/planFlagUpdate.ts'
import { validateRemovedVariants } from '../data/removedVariants.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'
import { restoreEncryptedPayloads, validateEncryptedPayloads } from '../rules/encryptedPayloads.ts'
import { normalizeFilters } from '../rules/normalizeFilters.ts'
import { validateFilters } from '../rules/validateFilters.ts'
import { normalizeTags, validateFlag } from '../rules/validateFlag.ts'

/** The values to set. Missing ones stay as they are. */
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

defineMutation({
  name: 'updateFeatureFlag',
  type: FeatureFlag,
  scope: 'feature_flag:write',
  description:
    'Changes a feature flag. Policies can guard switching it on or off, its percentages, its release conditions, and deleting it while ' +
    'it is on. A call that needs approval by several policies is a `PolicyConflictError`.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The changes to a flag. A field that is missing or null stays as it is.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'FeatureFlag', 'The flag'),
    version: t.int({
      description:
        'The version that you read. If the flag has another version now, nothing is written and you get an `InvalidStateError`. A ' +
        'guarded change becomes a change request instead, which is stale from the start. Without `version`, the last write wins.',
    }),
    key: t.string({
      description:
        'The new key: 1 to 400 letters, digits, hyphens and underscores. Unique among the flags of the project that are not deleted.',
    }),
    name: t.string({ description: 'What the flag is for: at most 4,000 characters.' }),
    filters: t.field({
      type: 'JSON',
      description: 'Who gets which value. Each top-level key in this object replaces the stored one; the others stay. At most 256 KiB.',
    }),
    active: t.boolean({ description: 'Whether the flag is on.' }),
    archived: t.boolean({
      description: 'Whether the flag is archived. Switch a flag off before you archive it, or in the same call.',
    }),
    deleted: t.boolean({
      description: 'True deletes the flag and frees its key. False restores it. A flag that experiments use cannot be deleted.',
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
  toCommand: (_context, { id, ...fields }): UpdateFlagData => ({
    id,
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)),
  }),
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
  reload: reloadFlag,
})

type UpdateFlagValues = Omit<UpdateFlagData, 'id' | 'version'>

/** The error for a flag that was changed after the caller read it. */
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
