import type { Actor } from '../../../auth/actor.ts'
import type { FlagChange } from '../../../commands/command.ts'
import { differences } from '../../../commands/diff.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { redacted } from '../rules/redacted.ts'

/** The columns of a flag that a write may set; `filters` is the whole of them, as they are to be stored. */
export type FlagPatch = Partial<
  Pick<FeatureFlag, 'key' | 'name' | 'active' | 'archived' | 'deleted' | 'evaluationRuntime' | 'tags' | 'ensureExperienceContinuity'> & {
    filters: Prisma.InputJsonObject
  }
>

/** A planned change of a stored flag: what the gate judges, what people are shown, and how it is written. */
export interface PlannedFlag {
  change: FlagChange
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
  /** Writes it, with the next version; gives that version. Writes nothing when nothing differs. */
  write(tx: Transaction): Promise<number>
}

/**
 * Plans a change of a stored, locked flag.
 *
 * @param given the top-level keys of `filters` that the caller sets; those that differ, where nobody says
 * @param also values beside the columns that differ, for people: evaluation contexts
 */
export function planFlag(
  actor: Actor,
  flag: FeatureFlag,
  patch: FlagPatch,
  {
    given,
    callersVersion = null,
    also = { before: {}, after: {} },
  }: {
    given?: readonly string[]
    callersVersion?: number | null
    also?: { before: Record<string, unknown>; after: Record<string, unknown> }
  } = {},
): PlannedFlag {
  const { filters, ...columns } = patch
  const stored = flag.filters as Prisma.JsonObject
  const becomes = filters ?? stored
  const flat = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`filters.${key}`, value]))
  const changed = differences({ ...pick(flag, columns), ...flat(stored), ...also.before }, { ...columns, ...flat(becomes), ...also.after })

  const filterKeys =
    filters === undefined
      ? []
      : (given ?? Object.keys(changed.after).flatMap((path) => (path.startsWith('filters.') ? [path.slice(8)] : [])))
  const touched = Object.fromEntries([
    ...Object.entries(columns).map(([path, after]) => [path, { before: flag[path as keyof FeatureFlag] ?? null, after }]),
    ...filterKeys.map((key) => [`filters.${key}`, { before: stored[key] ?? null, after: becomes[key] ?? null }]),
  ]) as FlagChange['touched']

  const state = (active: boolean, archived: boolean, deleted: boolean, filters: unknown) => ({ active, archived, deleted, filters })
  return {
    change: {
      id: flag.id,
      key: flag.key,
      before: state(flag.active, flag.archived, flag.deleted, stored),
      after: state(columns.active ?? flag.active, columns.archived ?? flag.archived, columns.deleted ?? flag.deleted, becomes),
      bornWithExperiment: false,
      touched,
      callersVersion,
    },
    before: redacted(flag, changed.before),
    after: redacted(flag, changed.after),
    write: async (tx) => {
      if (Object.keys(changed.after).length === 0) return flag.version
      const { version } = await tx.featureFlag.update({
        where: { id: flag.id },
        data: {
          ...columns,
          ...(filters === undefined ? {} : { filters }),
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

function pick(flag: FeatureFlag, columns: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(columns).map((key) => [key, flag[key as keyof FeatureFlag]]))
}
