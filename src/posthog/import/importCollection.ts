import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../database/client.ts'
import type { Project } from '../../database/generated/client.ts'
import type { Collection, CollectionRow, CollectionTable, FlagNames, NamedFlags, StoredRow } from '../collections/collection.ts'
import { collectionTable } from '../collections/collectionTable.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import type { Numbering } from '../rows/references.ts'
import { findOrCreateUsers } from '../rows/users.ts'
import { describeRow } from './inputRow.ts'
import type { Progress } from './progress.ts'
import type { Counts, RowReport } from './report.ts'
import { findStoredFlags } from './storedFlags.ts'
import type { ValidRow } from './validateRows.ts'
import { chunk, type RowHooks, writeRows } from './writeRows.ts'

/** Writes the rows of a smaller collection into a project. */
export async function importCollection<Row extends CollectionRow>(
  tx: Transaction,
  project: Project,
  collection: Collection<Row>,
  validRows: readonly ValidRow<Row>[],
  numbering: Numbering,
  report: RowReport,
  counts: Counts,
  progress: Progress,
  hooks: RowHooks<Row> = {},
): Promise<void> {
  if (validRows.length === 0) return
  const projectId = project.id
  const table = collectionTable(tx, collection.table)
  const userId = await findOrCreateUsers(
    tx,
    project.organizationId,
    validRows.map(({ row }) => row.created_by ?? null),
  )
  const flags = await flagNames(
    tx,
    projectId,
    validRows.map(({ row }) => collection.flagsOf?.(row) ?? noFlags),
  )
  const sources = new Map(validRows.map(({ row, source }) => [row.id, source]))
  const rows = validRows.map(({ row }) => row)
  // A row of the REST API does not tell the people of a cohort. They stay as they are then.
  const members = new Map(rows.map((row) => [row.id, membersOf(row)]))
  const importedIds = new Set<number | string | null>()
  for (const batch of chunk(rows, 2_000)) {
    const where = { projectId, importedId: { in: batch.map(({ id }) => id) } }
    for (const { importedId } of await table.findMany({ where, select: { importedId: true } })) importedIds.add(importedId)
  }
  await writeRows<number | string, Row, Record<string, unknown>, readonly string[] | null>(rows, counts, progress, {
    importedIds,
    hooks,
    allocateIds: (ids) => allocate(tx, collection.table, numbering, ids),
    find: async (importedIds) => {
      const found = await table.findMany({ where: { projectId, importedId: { in: importedIds } }, ...withMembers(collection.table) })
      return found.map((row) => ({ ...row, links: members.get(row.importedId ?? '') === null ? null : storedMembers(row) }))
    },
    toValues: async (row) => {
      const source = sources.get(row.id)
      const columns = collection.toColumns(row, flags, (text) => source && report.note(`${describeRow(source)}: ${text}`))
      const people = 'created_by' in row ? { createdById: userId(row.created_by ?? null) } : {}
      return { columns: { ...numbering.toStored(columns), ...people }, links: members.get(row.id) ?? null, isChanged: false }
    },
    write: async (created, updated) => {
      const written = new Set([...created, ...updated].map(({ importedId }) => importedId))
      await collection.makeRoom?.(
        tx,
        projectId,
        rows.filter(({ id }) => written.has(id)),
      )
      for (const { id, columns } of updated) await table.update({ where: { id }, data: columns })
      await table.createMany({ data: created.map(({ id, importedId, columns }) => ({ ...columns, projectId, id, importedId })) })
      await writeMembers(tx, [...created, ...updated])
    },
  })
}

/** UUIDs stay, unless another project has them already. */
async function allocate(
  tx: Transaction,
  table: CollectionTable,
  numbering: Numbering,
  ids: (number | string)[],
): Promise<ReadonlyMap<number | string, number | string>> {
  if (table === 'savedMetrics') return allocateIds(tx, 'saved_metrics', ids as number[])
  if (table === 'actions' || table === 'cohorts' || table === 'holdouts') return numbering.allocate(table, ids as number[])
  const taken = new Set(
    (await collectionTable(tx, table).findMany({ where: { id: { in: ids } }, select: { id: true } })).map(({ id }) => id),
  )
  return new Map(ids.map((id) => [id, taken.has(id) ? randomUUID() : id]))
}

const noFlags: NamedFlags = { ids: [], keys: [] }

async function flagNames(tx: Transaction, projectId: number, named: readonly NamedFlags[]): Promise<FlagNames> {
  const flags = await findStoredFlags(tx, projectId, {
    importedIds: named.flatMap(({ ids }) => ids),
    keys: named.flatMap(({ keys }) => keys),
  })
  const byImportedId = new Map<unknown, number>(flags.map(({ id, importedId }) => [importedId, id]))
  const byKey = new Map<unknown, number>(flags.flatMap(({ id, key, deleted }) => (deleted ? [] : [[key, id]])))
  return { byImportedId: (id) => byImportedId.get(id) ?? null, byKey: (key) => byKey.get(key) ?? null }
}

const withMembers = (table: CollectionTable) => (table === 'cohorts' ? { include: { members: true } } : {})

function membersOf(row: CollectionRow): readonly string[] | null {
  return 'distinct_ids' in row && Array.isArray(row.distinct_ids) ? [...new Set<string>(row.distinct_ids)].sort() : null
}

function storedMembers({ members }: StoredRow): readonly string[] {
  return (members as { distinctId: string }[]).map(({ distinctId }) => distinctId).sort()
}

async function writeMembers(tx: Transaction, rows: readonly { id: number | string; links: readonly string[] | null }[]): Promise<void> {
  for (const { id, links } of rows) {
    if (links === null) continue
    const cohortId = Number(id)
    await tx.cohortMember.deleteMany({ where: { cohortId } })
    for (let start = 0; start < links.length; start += 10_000) {
      await tx.cohortMember.createMany({ data: links.slice(start, start + 10_000).map((distinctId) => ({ cohortId, distinctId })) })
    }
  }
}
