import type { Project } from '../../database/generated/client.ts'
import type { Transaction } from '../../database/open.ts'
import { findOrCreateContexts } from '../rows/flagContexts.ts'
import { type FlagRow, flagColumns } from '../rows/flagSchema.ts'
import { newRowIds } from './allocateIds.ts'
import { type CheckedRow, partsOf } from './dedupeRows.ts'
import { sameColumns } from './hasSameValues.ts'
import { keyClashes } from './keyConflicts.ts'
import type { Progress } from './progress.ts'
import type { ImportReport } from './report.ts'
import { findOrCreatePeople } from './users.ts'

/** Writes flags into a project; each is known again by the number that it had in the reference. */
export async function importFlags(
  tx: Transaction,
  project: Project,
  given: readonly CheckedRow<FlagRow>[],
  report: ImportReport,
  progress: Progress,
): Promise<void> {
  const inProject = { projectId: project.id }
  const stored = await tx.featureFlag.findMany({ where: inProject, select: { id: true, importedId: true, key: true, deleted: true } })
  const rows = withoutClashes(given, stored, report)
  const people = await findOrCreatePeople(
    tx,
    project.organizationId,
    rows.flatMap((row) => [row.created_by, row.last_modified_by]),
  )
  const contexts = await findOrCreateContexts(
    tx,
    project.id,
    rows.flatMap((row) => row.contexts),
  )
  const known = new Map(stored.flatMap((flag) => (flag.importedId === null ? [] : [[flag.importedId, flag]])))
  const released = await releaseKeys(tx, rows, known)
  const ids = await newRowIds(
    tx,
    'feature_flags',
    rows.flatMap(({ id }) => (known.has(id) ? [] : [id])),
  )

  const columnsOf = (row: FlagRow) => ({
    ...flagColumns(row),
    createdById: people.get(row.created_by?.email ?? '') ?? null,
    lastModifiedById: people.get(row.last_modified_by?.email ?? '') ?? null,
  })
  const linksOf = (row: FlagRow, featureFlagId: number) =>
    row.contexts.map((name) => ({ featureFlagId, evaluationContextId: contexts.get(name) ?? '' }))
  const counts = report.counts['feature flags']

  for (const part of partsOf(rows)) {
    const created = part.flatMap((row) => (ids.has(row.id) ? [{ row, id: ids.get(row.id) ?? 0 }] : []))
    await tx.featureFlag.createMany({ data: created.map(({ row, id }) => ({ ...inProject, ...columnsOf(row), id, importedId: row.id })) })
    await tx.featureFlagEvaluationContext.createMany({ data: created.flatMap(({ row, id }) => linksOf(row, id)) })
    counts.created += created.length

    const before = await tx.featureFlag.findMany({
      where: { projectId: project.id, importedId: { in: part.flatMap(({ id }) => (known.has(id) ? [id] : [])) } },
      include: { evaluationContexts: { select: { evaluationContext: { select: { name: true } } } } },
    })
    const byImportedId = new Map(before.map((flag) => [flag.importedId, flag]))
    for (const row of part) {
      const flag = byImportedId.get(row.id)
      if (flag === undefined) continue
      const names = flag.evaluationContexts.map(({ evaluationContext }) => evaluationContext.name).sort()
      const columns = columnsOf(row)
      if (!released.has(flag.id) && sameColumns({ ...columns, names: row.contexts }, { ...flag, names })) {
        counts.unchanged++
        continue
      }
      await tx.featureFlagEvaluationContext.deleteMany({ where: { featureFlagId: flag.id } })
      await tx.featureFlag.update({ where: { id: flag.id }, data: columns })
      await tx.featureFlagEvaluationContext.createMany({ data: linksOf(row, flag.id) })
      counts.updated++
    }
    progress.advance(part.length)
  }
}

function withoutClashes(given: readonly CheckedRow<FlagRow>[], stored: Parameters<typeof keyClashes>[1], report: ImportReport): FlagRow[] {
  const rows = given.map(({ row }) => row)
  const clashes = keyClashes(rows, stored)
  for (const { row, source } of given) {
    const holder = clashes.get(row)
    if (holder !== undefined) report.skip('feature flags', source, `key must be unique among live flags: ${holder} has it`)
  }
  return rows.filter((row) => !clashes.has(row))
}

/**
 * Takes the flags that give up their key out of the way, so that another row may get it before theirs is written: two flags may even
 * swap keys. Answers their ids.
 */
async function releaseKeys(
  tx: Transaction,
  rows: readonly FlagRow[],
  known: ReadonlyMap<number, { id: number; key: string; deleted: boolean }>,
): Promise<Set<number>> {
  const released = rows.flatMap((row) => {
    const flag = known.get(row.id)
    return flag !== undefined && !flag.deleted && (row.deleted || flag.key !== row.key) ? [flag.id] : []
  })
  for (const part of partsOf(released)) await tx.featureFlag.updateMany({ where: { id: { in: part } }, data: { deleted: true } })
  return new Set(released)
}
