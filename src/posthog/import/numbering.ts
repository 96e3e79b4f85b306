import type { Transaction } from '../../database/client.ts'
import { Prisma } from '../../database/generated/client.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import { mapReferences, type Numbering, type ReferencedTable } from '../rows/references.ts'
import { chunk } from './writeRows.ts'

const tables: readonly ReferencedTable[] = ['feature_flags', 'cohorts', 'actions', 'holdouts']

/** Reads the numbers that differ here. The others are looked up when they are asked for, so that a large project costs no memory. */
export async function projectNumbering(tx: Transaction, projectId: number): Promise<Numbering> {
  const perTable = async <Value>(make: (table: ReferencedTable) => Promise<Value>) => {
    const values: Partial<Record<ReferencedTable, Value>> = {}
    for (const table of tables) values[table] = await make(table)
    return values as Record<ReferencedTable, Value>
  }
  const moved = await perTable(async (table) => {
    const rows = await tx.$queryRaw<StoredNumber[]>`
      SELECT id, imported_id AS "importedId" FROM ${Prisma.raw(table)} WHERE project_id = ${projectId}::int AND imported_id <> id`
    return new Map(rows.map(({ id, importedId }) => [importedId, id]))
  })
  const ids = await perTable(async (table) => new Map(moved[table]))

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
