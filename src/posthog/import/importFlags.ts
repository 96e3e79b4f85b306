import { findOrCreateContexts } from '../../commands/evaluationContexts.ts'
import type { Transaction } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { type FlagJson, flagValues } from '../rows/flagSchema.ts'
import { insertFlags } from '../rows/insertFlags.ts'
import type { Numbering } from '../rows/references.ts'
import { findOrCreateUsers } from '../rows/users.ts'
import { findKeyConflicts, type StoredFlagKey } from './keyConflicts.ts'
import type { Progress } from './progress.ts'
import type { RowReport } from './report.ts'
import { findStoredFlags } from './storedFlags.ts'
import type { ValidRow } from './validateRows.ts'
import { chunk, type RowHooks, writeRows } from './writeRows.ts'

/** Writes flags into a project. */
export async function importFlags(
  tx: Transaction,
  { id: projectId, organizationId }: Project,
  validRows: readonly ValidRow<FlagJson>[],
  numbering: Numbering,
  report: RowReport,
  progress: Progress,
  hooks: RowHooks<FlagJson> = {},
): Promise<void> {
  const stored = await findStoredFlags(tx, projectId, {
    importedIds: validRows.map(({ row }) => row.id),
    keys: validRows.flatMap(({ row }) => (row.deleted ? [] : [row.key])),
  })
  const storedById = new Map(stored.map((flag) => [flag.importedId, flag]))
  // Before keys are released: a row that is older than what is stored must not take a key away.
  const newRows = validRows.filter(({ row }) => {
    const before = storedById.get(row.id)
    return before === undefined || hooks.isNewer?.({ ...before }, row) !== true
  })
  const rows = dropKeyConflicts(newRows, stored, report)
  const userId = await findOrCreateUsers(
    tx,
    organizationId,
    rows.flatMap((row) => [row.created_by, row.last_modified_by]),
  )
  const releasedIds = await releaseKeys(tx, rows, stored)
  await writeRows(rows, report.counts['feature flags'], progress, {
    hooks: {
      ...(hooks.told === undefined ? {} : { told: hooks.told }),
      onWritten: (changes) =>
        hooks.onWritten?.(
          changes.map((change) =>
            releasedIds.has(Number(change.importedId)) ? { ...change, before: { ...change.before, deleted: false } } : change,
          ),
        ),
    },
    importedIds: new Set(stored.map(({ importedId }) => importedId)),
    allocateIds: (ids) => numbering.allocate('feature_flags', ids),
    find: async (importedIds) => {
      const flags = await tx.featureFlag.findMany({
        where: { projectId, importedId: { in: importedIds } },
        include: { evaluationContexts: { select: { evaluationContext: { select: { name: true } } } } },
      })
      return flags.map((flag) => ({
        ...flag,
        links: flag.evaluationContexts.map(({ evaluationContext }) => evaluationContext.name).sort(),
      }))
    },
    toValues: async (row) => ({
      columns: {
        ...numbering.toStored(flagValues(row)),
        createdById: userId(row.created_by),
        lastModifiedById: userId(row.last_modified_by),
      },
      links: row.contexts,
      isChanged: releasedIds.has(row.id),
    }),
    write: async (created, updated) => {
      await insertFlags(tx, projectId, created)
      for (const { id, columns } of updated) await tx.featureFlag.update({ where: { id }, data: columns })
      await tx.featureFlagEvaluationContext.deleteMany({ where: { featureFlagId: { in: updated.map(({ id }) => id) } } })
      const written = [...created, ...updated]
      // Also of rows that do not tell theirs, and keep them.
      const contextIds = await findOrCreateContexts(
        tx,
        projectId,
        written.flatMap(({ links }) => links),
      )
      await tx.featureFlagEvaluationContext.createMany({
        data: written.flatMap(({ id: featureFlagId, links }) =>
          links.map((name) => ({ featureFlagId, evaluationContextId: contextIds.get(name) ?? '' })),
        ),
      })
    },
  })
}

function dropKeyConflicts(validRows: readonly ValidRow<FlagJson>[], stored: readonly StoredFlagKey[], report: RowReport): FlagJson[] {
  const rows = validRows.map(({ row }) => row)
  const conflicts = findKeyConflicts(rows, stored)
  for (const { row, source } of validRows) {
    const holder = conflicts.get(row)
    if (holder !== undefined) report.skip('feature flags', source, `key must be unique among live flags: ${holder} has it`)
  }
  return rows.filter((row) => !conflicts.has(row))
}

/**
 * Marks the flags that lose their key as deleted until their own row is written, so that another flag can get the key first. Two flags can
 * even swap keys. Returns the ids in PostHog of the marked flags.
 */
async function releaseKeys(tx: Transaction, rows: readonly FlagJson[], stored: readonly StoredFlagKey[]): Promise<Set<number | null>> {
  const rowById = new Map<number | null, FlagJson>(rows.map((row) => [row.id, row]))
  const released = stored.filter(({ importedId, key, deleted }) => {
    const row = rowById.get(importedId)
    return row !== undefined && !deleted && (row.deleted || row.key !== key)
  })
  for (const batch of chunk(released)) {
    await tx.featureFlag.updateMany({ where: { id: { in: batch.map(({ id }) => id) } }, data: { deleted: true } })
  }
  return new Set(released.map(({ importedId }) => importedId))
}
