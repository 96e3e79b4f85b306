import type { FlagJson } from '../rows/flagSchema.ts'

/** A flag of the project as it is stored. */
export interface StoredFlagKey {
  id: number
  importedId: number | null
  key: string
  deleted: boolean
}

/**
 * The rows whose key another live flag of the project has, with that flag's name for a person. Looks at how things stand after the
 * import, whatever the order of the rows: a key is free when this import deletes its flag or gives that one another key.
 */
export function findKeyConflicts<Row extends Pick<FlagJson, 'id' | 'key' | 'deleted'>>(
  rows: readonly Row[],
  stored: readonly StoredFlagKey[],
): Map<Row, string> {
  const conflicts = new Map<Row, string>()
  const storedByImportedId = new Map(stored.map((flag) => [flag.importedId, flag]))
  const keepsItsKey = (row: Row) => storedByImportedId.get(row.id)?.key === row.key && storedByImportedId.get(row.id)?.deleted === false
  // Who has a key already comes before who wants it.
  const live = rows.filter(({ deleted }) => !deleted).sort((a, b) => Number(keepsItsKey(b)) - Number(keepsItsKey(a)))

  // A row that is skipped leaves its flag with the old key, which may clash with a row that was fine before.
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
