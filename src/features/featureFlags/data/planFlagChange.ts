import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan } from '../../../commands/command.ts'
import { normalizeContextNames } from '../../../commands/evaluationContexts.ts'
import { lockFlag } from '../../../commands/rowLocks.ts'
import type { ReadClient, Transaction } from '../../../database/client.ts'
import type { FeatureFlag as FlagRow, Prisma, Project } from '../../../database/generated/client.ts'
import { assertValid, type DomainError, InvalidStateError, ValidationError } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject } from '../../../platform/json.ts'
import { restoreEncryptedPayloads, validateEncryptedPayloads } from '../rules/encryptedPayloads.ts'
import { normalizeFilters } from '../rules/normalizeFilters.ts'
import { splitTypedFilters, type TypedFilters } from '../rules/typedFilters.ts'
import { validateFilters } from '../rules/validateFilters.ts'
import { normalizeTags, validateFlag } from '../rules/validateFlag.ts'
import { lockDependencies, validateDependencies } from './conditionReferences.ts'
import { convertTypedFilters } from './convertTypedFilters.ts'
import { dependentFlagsError } from './dependentFlags.ts'
import { getEvaluationContexts, setEvaluationContexts } from './evaluationContexts.ts'
import { nextKey, validateKeyAvailable } from './flagKey.ts'
import { type FlagUse, findDeletionBlockers, findSwitchOffBlockers } from './flagUses.ts'
import { type FlagPatch, planFlagUpdate } from './planFlagUpdate.ts'
import { validateRemovedVariants } from './removedVariants.ts'

/** The values to set. Missing ones stay as they are. */
export interface FlagChanges extends Omit<FlagPatch, 'filters'>, TypedFilters {
  id: number
  version?: number
  filters?: Prisma.JsonValue
  evaluationContexts?: string[]
}

interface FlagChangeOptions {
  /** Throws if the state of the locked flag does not allow the change. */
  precondition?(flag: FlagRow): void
  /** The input field that a taken key is an error of, if the input has no other key. */
  keyField?: 'deleted' | 'key'
  /** The error for a flag that something uses. */
  inUse?(uses: readonly FlagUse[]): DomainError
  /** Whether errors may name the experiments of the flag. By default they do. */
  showsExperiments?: boolean
}

/**
 * Plans a change of one flag. All mutations that change a flag by itself use it: to delete or archive a flag is to set `deleted` or `archived`.
 *
 * @throws DomainError if the change is not possible
 */
export async function planFlagChange(
  tx: Transaction,
  actor: Actor,
  { id, ...changes }: FlagChanges,
  options: FlagChangeOptions = {},
): Promise<CommandPlan> {
  const flag = await lockFlag(tx, actor, id)
  options.precondition?.(flag)
  return planChangeOfFlag(tx, actor, flag, changes, () => lockDependencies(tx, flag.projectId), options)
}

/**
 * Plans a change of a flag, and writes nothing. A preview uses it without locks.
 *
 * @param lock takes `lockDependencies`, if the plan is to be applied
 * @throws DomainError if the change is not possible
 */
export async function planChangeOfFlag(
  tx: ReadClient,
  actor: Actor,
  flag: FlagRow & { project: Pick<Project, 'id' | 'organizationId'> },
  { version, ...changes }: Omit<FlagChanges, 'id'>,
  lock: () => Promise<void>,
  { keyField = 'deleted', inUse = toReleasedError, showsExperiments }: FlagChangeOptions = {},
): Promise<CommandPlan> {
  const { id } = flag
  const { typed, others: values } = splitTypedFilters(changes)
  const { filters: givenFilters, evaluationContexts, tags, ...columns } = values
  const converted = typed === null ? null : await convertTypedFilters(tx, flag.projectId, typed, givenFilters, flag.filters)
  const newFilters = converted === null ? givenFilters : (converted.filters as Prisma.JsonValue)
  const filters = newFilters === undefined ? undefined : restoreEncryptedPayloads(flag, newFilters)
  const filterErrors = [
    ...(filters === undefined ? [] : validateFilters(filters, flag.filters)),
    ...validateEncryptedPayloads(flag, filters),
  ]
  assertValid([
    // An imported flag can have a key that a new flag cannot, and keeps it.
    ...validateFlag(values.key === flag.key ? { ...values, key: null } : values),
    ...(await validateKeyAvailable(tx, flag, values, keyField)),
    ...(converted === null ? filterErrors : [...converted.errors, ...converted.toInputErrors(filterErrors)]),
    ...validateState(flag, columns),
  ])
  const patch: FlagPatch = {
    ...columns,
    ...nextKey(flag, columns),
    ...(tags === undefined ? {} : { tags: normalizeTags(tags) }),
    ...(filters === undefined ? {} : { filters: normalizeFilters(filters, flag.filters) as Prisma.InputJsonObject }),
  }
  const uses = await findUses(tx, flag, columns, lock)
  if (uses.length > 0) throw inUse(uses)
  if (patch.filters !== undefined) {
    const errors = [
      ...(await validateRemovedVariants(tx, flag, patch.filters, ['filters', 'multivariate', 'variants'], showsExperiments)),
      ...(await validateDependencies(tx, flag, patch.filters, flag.filters, lock)),
    ]
    assertValid(converted === null ? errors : converted.toInputErrors(errors))
  }

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
    rows: [],
    before,
    after,
    ...(isOutdated ? { versionConflict: await createVersionConflict(tx, flag) } : {}),
    apply: async (tx) => {
      const newVersion = await apply(tx)
      if (contexts !== undefined) await setEvaluationContexts(tx, flag.projectId, id, contexts)
      return { id, experimentId: null, featureFlagId: id, version: newVersion }
    },
  }
}

/** Returns what uses a flag that the change would delete or switch off. */
async function findUses(tx: ReadClient, flag: FlagRow, { active, deleted }: FlagPatch, lock: () => Promise<void>): Promise<FlagUse[]> {
  const isDeleted = deleted === true && !flag.deleted
  if (!isDeleted && !(active === false && flag.active)) return []
  await lock()
  return isDeleted ? findDeletionBlockers(tx, flag) : findSwitchOffBlockers(tx, flag)
}

/** The error of `updateFeatureFlag`, which had it before there was an `InUseError`. */
function toReleasedError(uses: readonly FlagUse[]): DomainError {
  const experiments = uses.flatMap(({ kind, name, thing }) => (kind === 'EXPERIMENT' ? [`"${name}" (ID: ${thing?.id})`] : []))
  const message =
    experiments.length > 0
      ? `Cannot delete a feature flag that is linked to draft or running experiment(s): ${experiments.join(', ')}. ` +
        'Please end or delete the experiment(s) before deleting the flag.'
      : uses.find(({ kind }) => kind === 'EARLY_ACCESS_FEATURE' || kind === 'REPLAY_SETTINGS')?.message
  if (message !== undefined) return new ValidationError([fieldError(['deleted'], message)])
  return dependentFlagsError(uses.map(({ name }) => name))
}

/** The error for a flag that was changed after the caller read it. */
async function createVersionConflict(tx: ReadClient, flag: FlagRow): Promise<InvalidStateError> {
  const lastEditor =
    flag.lastModifiedById === null ? null : await tx.user.findUnique({ where: { id: flag.lastModifiedById }, select: { email: true } })
  return new InvalidStateError(
    `The feature flag was updated by ${lastEditor?.email ?? 'somebody'} since you started editing it. Please refresh and try again.`,
    `version ${flag.version}`,
  )
}

function validateState(flag: FlagRow, change: FlagPatch): FieldError[] {
  const { active, archived, ensureExperienceContinuity, bucketingIdentifier } = { ...flag, ...change }
  const activeAndArchived =
    change.archived === true
      ? fieldError(['archived'], 'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.')
      : fieldError(['active'], 'Cannot enable an archived feature flag. Unarchive it first.')
  return [
    ...(active && archived ? [activeAndArchived] : []),
    ...(ensureExperienceContinuity === true && bucketingIdentifier === 'device_id' ? validateContinuity(change) : []),
  ]
}

/** A flag that buckets by device cannot keep a person's value. A flag that does both stays so where it is not touched. */
function validateContinuity({ ensureExperienceContinuity, bucketingIdentifier }: FlagPatch): FieldError[] {
  if (ensureExperienceContinuity === true) {
    return [fieldError(['ensureExperienceContinuity'], 'Must be false while the flag buckets by device_id.')]
  }
  return bucketingIdentifier === undefined
    ? []
    : [fieldError(['bucketing'], 'Must be `DISTINCT_ID` while `ensureExperienceContinuity` is true.')]
}
