import type { Transaction } from '../../database/client.ts'
import { allocateIds } from '../rows/allocateIds.ts'
import { hasSameValues } from '../rows/hasSameValues.ts'
import type { Progress } from './progress.ts'
import type { Counts } from './report.ts'

/** The columns of a row, and what it is linked to in other tables. */
interface RowValues<Columns, Links> {
  columns: Columns
  links: Links
}

interface RowToWrite<Columns, Links> extends RowValues<Columns, Links> {
  id: number
  /** The id in PostHog. */
  importedId: number
}

/** How the rows of one kind are stored. */
interface RowStore<Row, Columns, Links> {
  table: 'feature_flags' | 'experiments'
  /** The ids in PostHog of the project's stored rows. */
  importedIds: ReadonlySet<number | null>
  find(importedIds: number[]): Promise<{ id: number; importedId: number | null; links: unknown }[]>
  /** Converts a row. `isChanged` forces a write, even if all values are stored already. */
  toValues(row: Row): Promise<RowValues<Columns, Links> & { isChanged: boolean }>
  write(created: RowToWrite<Columns, Links>[], updated: RowToWrite<Columns, Links>[]): Promise<void>
}

/** Writes rows in batches, and counts them. Existing rows are found by their id in PostHog, and written if a value differs. */
export async function writeRows<Row extends { id: number }, Columns, Links>(
  tx: Transaction,
  rows: readonly Row[],
  counts: Counts,
  progress: Progress,
  store: RowStore<Row, Columns, Links>,
): Promise<void> {
  const newIds = await allocateIds(
    tx,
    store.table,
    rows.flatMap(({ id }) => (store.importedIds.has(id) ? [] : [id])),
  )
  for (const batch of chunk(rows)) {
    const stored = new Map((await store.find(batch.map(({ id }) => id))).map((row) => [row.importedId, row]))
    const created: RowToWrite<Columns, Links>[] = []
    const updated: RowToWrite<Columns, Links>[] = []
    for (const row of batch) {
      const { columns, links, isChanged } = await store.toValues(row)
      const before = stored.get(row.id)
      const id = before?.id ?? newIds.get(row.id) ?? 0
      if (before === undefined) created.push({ id, importedId: row.id, columns, links })
      else if (isChanged || !hasSameValues({ ...columns, links }, before)) updated.push({ id, importedId: row.id, columns, links })
    }
    await store.write(created, updated)
    counts.created += created.length
    counts.updated += updated.length
    counts.unchanged += batch.length - created.length - updated.length
    progress.advance(batch.length)
  }
}

/** Splits a list into batches that fit into one statement. */
export function* chunk<T>(list: readonly T[], size = 200): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
