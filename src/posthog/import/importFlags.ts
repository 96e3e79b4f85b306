import { findOrCreateContexts } from '../../commands/evaluationContexts.ts'
import type { Transaction } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import { type FlagJson, flagValues } from '../rows/flagSchema.ts'
import { hasSameValues } from '../rows/hasSameValues.ts'
import { findOrCreateUsers } from '../rows/users.ts'
import { chunk, type ValidRow } from './dedupeRows.ts'
import { findKeyConflicts } from './keyConflicts.ts'
import type { Progress } from './progress.ts'
import type { ImportReport } from './report.ts'

/** Writes flags into a project. Existing flags are found by their id in PostHog. */
export async function importFlags(
  tx: Transaction,
  project: Project,
  validRows: readonly ValidRow<FlagJson>[],
  report: ImportReport,
  progress: Progress,
): Promise<void> {
  const inProject = { projectId: project.id }
  const stored = await tx.featureFlag.findMany({ where: inProject, select: { id: true, importedId: true, key: true, deleted: true } })
  const rows = dropKeyConflicts(validRows, stored, report)
  const userIds = await findOrCreateUsers(
    tx,
    project.organizationId,
    rows.flatMap((row) => [row.created_by, row.last_modified_by]),
  )
  const contexts = await findOrCreateContexts(
    tx,
    project.id,
    rows.flatMap((row) => row.contexts),
  )
  const storedByImportedId = new Map(stored.flatMap((flag) => (flag.importedId === null ? [] : [[flag.importedId, flag]])))
  const released = await releaseKeys(tx, rows, storedByImportedId)
  const ids = await allocateIds(
    tx,
    'feature_flags',
    rows.flatMap(({ id }) => (storedByImportedId.has(id) ? [] : [id])),
  )

  const toColumns = (row: FlagJson) => ({
    ...flagValues(row),
    createdById: userIds.get(row.created_by?.email ?? '') ?? null,
    lastModifiedById: userIds.get(row.last_modified_by?.email ?? '') ?? null,
  })
  const toContextLinks = (row: FlagJson, featureFlagId: number) =>
    row.contexts.map((name) => ({ featureFlagId, evaluationContextId: contexts.get(name) ?? '' }))
  const counts = report.counts['feature flags']

  for (const batch of chunk(rows)) {
    const created = batch.flatMap((row) => (ids.has(row.id) ? [{ row, id: ids.get(row.id) ?? 0 }] : []))
    await tx.featureFlag.createMany({ data: created.map(({ row, id }) => ({ ...inProject, ...toColumns(row), id, importedId: row.id })) })
    await tx.featureFlagEvaluationContext.createMany({ data: created.flatMap(({ row, id }) => toContextLinks(row, id)) })
    counts.created += created.length

    const before = await tx.featureFlag.findMany({
      where: { projectId: project.id, importedId: { in: batch.flatMap(({ id }) => (storedByImportedId.has(id) ? [id] : [])) } },
      include: { evaluationContexts: { select: { evaluationContext: { select: { name: true } } } } },
    })
    const byImportedId = new Map(before.map((flag) => [flag.importedId, flag]))
    for (const row of batch) {
      const flag = byImportedId.get(row.id)
      if (flag === undefined) continue
      const names = flag.evaluationContexts.map(({ evaluationContext }) => evaluationContext.name).sort()
      const columns = toColumns(row)
      if (!released.has(flag.id) && hasSameValues({ ...columns, names: row.contexts }, { ...flag, names })) {
        counts.unchanged++
        continue
      }
      await tx.featureFlagEvaluationContext.deleteMany({ where: { featureFlagId: flag.id } })
      await tx.featureFlag.update({ where: { id: flag.id }, data: columns })
      await tx.featureFlagEvaluationContext.createMany({ data: toContextLinks(row, flag.id) })
      counts.updated++
    }
    progress.advance(batch.length)
  }
}

function dropKeyConflicts(
  validRows: readonly ValidRow<FlagJson>[],
  stored: Parameters<typeof findKeyConflicts>[1],
  report: ImportReport,
): FlagJson[] {
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
 * even swap keys. Returns the ids of the marked flags.
 */
async function releaseKeys(
  tx: Transaction,
  rows: readonly FlagJson[],
  storedByImportedId: ReadonlyMap<number, { id: number; key: string; deleted: boolean }>,
): Promise<Set<number>> {
  const released = rows.flatMap((row) => {
    const flag = storedByImportedId.get(row.id)
    return flag !== undefined && !flag.deleted && (row.deleted || flag.key !== row.key) ? [flag.id] : []
  })
  for (const batch of chunk(released)) await tx.featureFlag.updateMany({ where: { id: { in: batch } }, data: { deleted: true } })
  return new Set(released)
}
