import type { Actor } from '../../../auth/actor.ts'
import type { FlagChange, FlagState } from '../../../commands/command.ts'
import { diffValues } from '../../../commands/diff.ts'
import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { withBucketing } from '../../approvals/rules/releaseConditions.ts'
import { redactValues } from '../rules/encryptedPayloads.ts'

/** The columns of a flag that a write may set. `filters` replaces the stored filters. */
export type FlagPatch = Partial<
  Pick<
    FeatureFlag,
    'key' | 'name' | 'active' | 'archived' | 'deleted' | 'evaluationRuntime' | 'tags' | 'ensureExperienceContinuity' | 'bucketingIdentifier'
  > & { filters: Prisma.InputJsonObject }
>

/** A planned change of a stored flag. The gate checks `change`. People see `before` and `after`. */
export interface FlagUpdatePlan {
  change: FlagChange
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
  /** Writes the change and returns the new version. When nothing differs, it writes nothing and returns the current version. */
  apply(tx: Transaction): Promise<number>
}

/**
 * Plans a change of a stored, locked flag.
 *
 * @param givenFilterKeys the top-level keys of `filters` that the caller sets. By default, the keys whose values differ.
 * @param expectedVersion the version that the caller expects the flag to have, null for any
 * @param guardsConditions whether policies guard the release conditions also on an experiment's flag
 * @param extraValues values outside the columns to show in the diff: evaluation contexts
 */
export function planFlagUpdate(
  actor: Actor,
  flag: FeatureFlag,
  patch: FlagPatch,
  {
    givenFilterKeys,
    expectedVersion = null,
    guardsConditions = false,
    extraValues = { before: {}, after: {} },
  }: {
    givenFilterKeys?: readonly string[]
    expectedVersion?: number | null
    guardsConditions?: boolean
    extraValues?: { before: Record<string, unknown>; after: Record<string, unknown> }
  } = {},
): FlagUpdatePlan {
  const { filters: nextFilters, ...columns } = { filters: flag.filters as Prisma.InputJsonObject, ...patch }
  const storedFilters = flag.filters as Prisma.JsonObject
  const storedColumns = Object.fromEntries(Object.keys(columns).map((key) => [key, flag[key as keyof FeatureFlag]]))
  const prefixKeys = (values: object) => Object.fromEntries(Object.entries(values).map(([key, value]) => [`filters.${key}`, value]))
  const diff = diffValues(
    { ...storedColumns, ...prefixKeys(storedFilters), ...extraValues.before },
    { ...columns, ...prefixKeys(nextFilters), ...extraValues.after },
  )
  const filterKeys = givenFilterKeys ?? Object.keys(diff.after).flatMap((path) => (path.startsWith('filters.') ? [path.slice(8)] : []))
  const changedValues = Object.fromEntries([
    ...Object.entries(columns).map(([path, after]) => [path, { before: storedColumns[path] ?? null, after }]),
    ...Object.entries(extraValues.after).map(([path, after]) => [path, { before: extraValues.before[path] ?? null, after }]),
    ...filterKeys.map((key) => [`filters.${key}`, { before: storedFilters[key] ?? null, after: nextFilters[key] ?? null }]),
  ]) as FlagChange['changedValues']

  return {
    change: {
      id: flag.id,
      key: flag.key,
      before: toFlagState(flag),
      after: toFlagState({ ...flag, ...patch }),
      createdForExperiment: false,
      changedValues,
      expectedVersion,
      ...(guardsConditions ? { guardsConditions } : {}),
    },
    before: redactValues(flag, diff.before),
    after: redactValues(flag, diff.after),
    apply: async (tx) => {
      if (Object.keys(diff.after).length === 0) return flag.version
      const { version } = await tx.featureFlag.update({
        where: { id: flag.id },
        data: {
          ...patch,
          version: flag.version + 1,
          lastModifiedById: actor.user.id,
          updatedAt: actor.now,
        },
        select: { version: true },
      })
      return version
    },
  }
}

function toFlagState({
  active,
  archived,
  deleted,
  filters,
  bucketingIdentifier,
}: FlagState & Pick<FeatureFlag, 'bucketingIdentifier'>): FlagState {
  return { active, archived, deleted, filters: withBucketing(filters, bucketingIdentifier) }
}
