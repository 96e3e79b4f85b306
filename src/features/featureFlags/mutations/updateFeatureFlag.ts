import { normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import { lockFlag } from '../../../commands/rowLocks.ts'
import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, InvalidStateError } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject } from '../../../platform/json.ts'
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
interface UpdateFlagData extends Omit<FlagPatch, 'filters'> {
  id: number
  version?: number
  filters?: Prisma.JsonValue
  evaluationContexts?: string[]
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
    const { filters: givenFilters, evaluationContexts, tags, ...columns } = values
    const filters = givenFilters === undefined ? undefined : restoreEncryptedPayloads(flag, givenFilters)
    assertValid([
      ...validateFlag(values),
      ...(await validateKeyAvailable(tx, flag, values)),
      ...(filters === undefined ? [] : validateFilters(filters, flag.filters)),
      ...validateEncryptedPayloads(flag, filters),
      ...validateState(flag, columns),
    ])
    const patch: FlagPatch = {
      ...columns,
      ...nextKey(flag, columns),
      ...(tags === undefined ? {} : { tags: normalizeTags(tags) }),
      ...(filters === undefined ? {} : { filters: normalizeFilters(filters, flag.filters) as Prisma.InputJsonObject }),
    }
    assertValid([
      ...(await validateDeletion(tx, flag, columns)),
      ...(patch.filters === undefined
        ? []
        : await validateRemovedVariants(tx, flag, patch.filters, ['filters', 'multivariate', 'variants'])),
    ])
    if (columns.active === false || (columns.deleted === true && !flag.deleted)) await assertNoDependentFlags(tx, flag)

    const contexts = evaluationContexts === undefined ? undefined : normalizeContextNames(evaluationContexts)
    const isOutdated = version !== undefined && version !== flag.version
    const { change, before, after, apply } = planFlagUpdate(actor, flag, patch, {
      givenFilterKeys: Object.keys(asObject(filters) ?? {}),
      expectedVersion: isOutdated ? version : null,
      extraValues: {
        before: contexts === undefined ? {} : { evaluationContexts: await getEvaluationContexts(tx, id) },
        after: contexts === undefined ? {} : { evaluationContexts: contexts },
      },
    })
    return {
      project: flag.project,
      resource: { type: 'FEATURE_FLAG', id },
      experimentName: null,
      flag: change,
      before,
      after,
      ...(isOutdated ? { versionConflict: await createVersionConflict(tx, flag) } : {}),
      apply: async (tx) => {
        const newVersion = await apply(tx)
        if (contexts !== undefined) await setEvaluationContexts(tx, flag.projectId, id, contexts)
        return { id, experimentId: null, featureFlagId: id, version: newVersion }
      },
    }
  },
  reload: reloadFlag,
})

/** The error for a flag that was changed after the caller read it. */
async function createVersionConflict(tx: Transaction, flag: FlagRow): Promise<InvalidStateError> {
  const lastEditor =
    flag.lastModifiedById === null ? null : await tx.user.findUnique({ where: { id: flag.lastModifiedById }, select: { email: true } })
  return new InvalidStateError(
    `The feature flag was updated by ${lastEditor?.email ?? 'somebody'} since you started editing it. Please refresh and try again.`,
    `version ${flag.version}`,
  )
}

function validateState(flag: FlagRow, { active, archived, ensureExperienceContinuity }: FlagPatch): FieldError[] {
  const activeAndArchived =
    archived === true
      ? fieldError(['archived'], 'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.')
      : fieldError(['active'], 'Cannot enable an archived feature flag. Unarchive it first.')
  return [
    ...((active ?? flag.active) && (archived ?? flag.archived) ? [activeAndArchived] : []),
    ...(ensureExperienceContinuity === true && flag.bucketingIdentifier === 'device_id'
      ? [fieldError(['ensureExperienceContinuity'], 'Must be false while the flag buckets by device_id.')]
      : []),
  ]
}

/** A flag that experiments use cannot be deleted. */
async function validateDeletion(tx: Transaction, flag: FlagRow, { deleted }: FlagPatch): Promise<FieldError[]> {
  if (deleted !== true || flag.deleted) return []
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
