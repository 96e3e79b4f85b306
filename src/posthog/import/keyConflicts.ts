import type { FlagJson } from '../rows/flagSchema.ts'

/** A stored flag of the project. */
export interface StoredFlagKey {
  id: number
  importedId: number | null
  key: string
  deleted: boolean
  version?: number
  updatedAt?: Date | null
}

/**
 * Finds the rows whose key belongs to another live flag, with a description of that flag. The state after the import decides, not the order
 * of the rows. A key is free if this import deletes its flag, or gives that flag another key.
 */
export function findKeyConflicts<Row extends Pick<FlagJson, 'id' | 'key' | 'deleted'>>(
  rows: readonly Row[],
  stored: readonly StoredFlagKey[],
): Map<Row, string> {
  const conflicts = new Map<Row, string>()
  const storedByImportedId = new Map(stored.map((flag) => [flag.importedId, flag]))
  const keepsItsKey = (row: Row) => storedByImportedId.get(row.id)?.key === row.key && storedByImportedId.get(row.id)?.deleted === false
  // Flags that keep their key come before flags that take a new one.
  const live = rows.filter(({ deleted }) => !deleted).sort((a, b) => Number(keepsItsKey(b)) - Number(keepsItsKey(a)))

  // The flag of a skipped row keeps its old key, which may conflict with other rows. So repeat until no conflict is added.
  for (let conflictCount = -1; conflictCount !== conflicts.size; ) {
    conflictCount = conflicts.size
    const rewritten = new Set(rows.filter((row) => !conflicts.has(row)).map(({ id }) => id))
    const holders = new Map<string, string>()
    for (const { id, importedId, key, deleted } of stored) {
      if (!deleted && (importedId === null || !rewritten.has(importedId))) holders.set(key, `flag ${id}`)
    }
    for (const row of live) {
      if (conflicts.has(row)) continue
      const holder = holders.get(row.key)
      if (holder === undefined) holders.set(row.key, `the flag with the id ${row.id} in this import`)
      else conflicts.set(row, holder)
    }
  }
  return conflicts
}
