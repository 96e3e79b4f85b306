/** A stored row's ids: its number here, and in the system that it was imported from. */
export interface RowIds<Id extends number | string> {
  id: Id
  importedId: Id | null
}

/**
 * Returns the id of each row in an export, by its id here, in the order of the export. An imported row keeps the id that it came with, because
 * filters and metrics name it by that. If another row has this id here, that row gets the next free one.
 */
export function exportedIds<Id extends number | string>(
  rows: readonly RowIds<Id>[],
  nextFree: (taken: ReadonlySet<Id>) => Id,
): Map<Id, Id> {
  const taken = new Set(rows.flatMap(({ importedId }) => (importedId === null ? [] : [importedId])))
  const ids = rows.map(({ id, importedId }): [here: Id, exported: Id] => {
    if (importedId !== null) return [id, importedId]
    const exported = taken.has(id) ? nextFree(taken) : id
    taken.add(exported)
    return [id, exported]
  })
  return new Map(ids.sort(([, a], [, b]) => (a < b ? -1 : 1)))
}

/** The next number after all of these. */
export function nextNumber(taken: ReadonlySet<number>): number {
  return [...taken].reduce((top, id) => Math.max(top, id), 0) + 1
}
