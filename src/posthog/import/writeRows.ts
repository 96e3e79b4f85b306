import { hasSameValues } from '../rows/hasSameValues.ts'
import type { Progress } from './progress.ts'
import type { Counts } from './report.ts'

/** The columns of a row, and what it is linked to in other tables. */
interface RowValues<Columns, Links> {
  columns: Columns
  links: Links
}

interface RowToWrite<Id, Columns, Links> extends RowValues<Columns, Links> {
  id: Id
  /** The id in PostHog. */
  importedId: Id
}

/** A row that was written. */
export interface RowChange {
  id: number | string
  importedId: number | string
  /** The stored row. Null if it was created. */
  before: Readonly<Record<string, unknown>> | null
  /** The new values of its columns, and of `links`. */
  after: Readonly<Record<string, unknown>>
}

/** The values of a row that is written. */
export interface ToldValues {
  columns: object
  links: unknown
}

/** What a mirror asks of a write. An import asks nothing. */
export interface RowHooks<Row> {
  /** Whether the stored row is newer than the given one. It stays then. */
  isNewer?(stored: Readonly<Record<string, unknown>>, row: Row): boolean
  /** What is written over a stored row: the values of the row without those that it does not tell. */
  told?<Values extends ToldValues>(stored: Readonly<Record<string, unknown>>, row: Row, values: Values): Values
  /** Called after each batch that changed anything. */
  onWritten?(changes: readonly RowChange[]): void
}

/** How the rows of one kind are stored. */
interface RowStore<Id, Row, Columns, Links> {
  /** The ids in PostHog of the project's stored rows. */
  importedIds: ReadonlySet<Id | null>
  /** Returns the ids of new rows, by their ids in PostHog. */
  allocateIds(importedIds: Id[]): Promise<ReadonlyMap<Id, Id>>
  find(importedIds: Id[]): Promise<{ id: Id; importedId: Id | null; links: unknown }[]>
  /** Converts a row. `isChanged` forces a write, even if all values are stored already. */
  toValues(row: Row): Promise<RowValues<Columns, Links> & { isChanged: boolean }>
  write(created: RowToWrite<Id, Columns, Links>[], updated: RowToWrite<Id, Columns, Links>[]): Promise<void>
  hooks?: RowHooks<Row>
}

/** Writes rows in batches, and counts them. Existing rows are found by their id in PostHog, and written if a value differs. */
export async function writeRows<Id extends number | string, Row extends { id: Id }, Columns extends object, Links>(
  rows: readonly Row[],
  counts: Counts,
  progress: Progress,
  store: RowStore<Id, Row, Columns, Links>,
): Promise<void> {
  const newIds = await store.allocateIds(rows.flatMap(({ id }) => (store.importedIds.has(id) ? [] : [id])))
  for (const batch of chunk(rows)) {
    const stored = new Map((await store.find(batch.map(({ id }) => id))).map((row) => [row.importedId, row]))
    const created: RowToWrite<Id, Columns, Links>[] = []
    const updated: RowToWrite<Id, Columns, Links>[] = []
    const changes: RowChange[] = []
    for (const row of batch) {
      const before = stored.get(row.id)
      if (before !== undefined && store.hooks?.isNewer?.(before, row)) continue
      const { isChanged, ...values } = await store.toValues(row)
      const { columns, links } = before === undefined ? values : (store.hooks?.told?.(before, row, values) ?? values)
      const id = before?.id ?? newIds.get(row.id) ?? row.id
      if (before !== undefined && !isChanged && hasSameValues({ ...columns, links }, before)) continue
      if (before === undefined) created.push({ id, importedId: row.id, columns, links })
      else updated.push({ id, importedId: row.id, columns, links })
      changes.push({ id, importedId: row.id, before: before ?? null, after: { ...columns, links } })
    }
    if (changes.length > 0) {
      await store.write(created, updated)
      store.hooks?.onWritten?.(changes)
    }
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
