import type { ReadClient, Transaction } from '../../database/client.ts'
import { Prisma } from '../../database/generated/client.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import { mapReferences, type Numbering, type ReferencedTable } from '../rows/references.ts'
import { chunk } from './writeRows.ts'

const tables: readonly ReferencedTable[] = ['feature_flags', 'cohorts', 'actions', 'holdouts']

/** Reads the rows of a project whose number in PostHog is another one than here. */
export async function readMovedNumbers(db: ReadClient, projectId: number): Promise<Record<ReferencedTable, StoredNumber[]>> {
  // One statement: each write of a linked project asks several times.
  const ofTable = (table: ReferencedTable) => Prisma.sql`
    SELECT ${Prisma.raw(`'${table}'`)} AS "table", id, imported_id AS "importedId" FROM ${Prisma.raw(table)}
    WHERE project_id = ${projectId}::int AND imported_id <> id`
  const rows = await db.$queryRaw<(StoredNumber & { table: ReferencedTable })[]>`${Prisma.join(tables.map(ofTable), ' UNION ALL ')}`
  const of = (wanted: ReferencedTable) => rows.filter(({ table }) => table === wanted)
  return { feature_flags: of('feature_flags'), cohorts: of('cohorts'), actions: of('actions'), holdouts: of('holdouts') }
}

/** Reads the numbers that differ here. The others are looked up when they are asked for, so that a large project costs no memory. */
export async function projectNumbering(tx: Transaction, projectId: number): Promise<Numbering> {
  const numbers = await readMovedNumbers(tx, projectId)
  const perTable = () => {
    const maps = tables.map((table) => [table, new Map(numbers[table].map(({ id, importedId }) => [importedId, id]))] as const)
    return Object.fromEntries(maps) as Record<ReferencedTable, Map<number, number>>
  }
  const [moved, ids] = [perTable(), perTable()]

  async function find(table: ReferencedTable, importedIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    for (const batch of chunk(
      [...new Set(importedIds)].filter((id) => !ids[table].has(id)),
      5_000,
    )) {
      const rows = await tx.$queryRaw<StoredNumber[]>`
        SELECT id, imported_id AS "importedId" FROM ${Prisma.raw(table)}
        WHERE project_id = ${projectId}::int AND imported_id = ANY(${batch}::int[])`
      for (const { id, importedId } of rows) ids[table].set(importedId, id)
    }
    return ids[table]
  }

  return {
    find,
    async allocate(table, importedIds) {
      await find(table, importedIds)
      const missing = [...new Set(importedIds)].filter((id) => !ids[table].has(id))
      for (const [importedId, id] of missing.length === 0 ? [] : await allocateIds(tx, table, missing)) {
        ids[table].set(importedId, id)
        if (importedId !== id) moved[table].set(importedId, id)
      }
      return ids[table]
    },
    toStored: (columns) => mapReferences(columns, moved),
  }
}

interface StoredNumber {
  id: number
  importedId: number
}
