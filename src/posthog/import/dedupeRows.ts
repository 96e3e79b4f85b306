import { isDeepStrictEqual } from 'node:util'
import type { SourceRow } from './inputRow.ts'

/** A row that passed its checks, with where it came from. */
export interface CheckedRow<Row> {
  row: Row
  source: SourceRow
}

/**
 * Each id once. Pages overlap when something was made between two requests, so the same row twice is no fault; one that says something
 * else under the same id is given to `repeated`, and the first counts.
 */
export function distinctRows<Row extends { id: number }>(
  rows: readonly CheckedRow<Row>[],
  repeated: (row: CheckedRow<Row>, first: CheckedRow<Row>) => void,
): CheckedRow<Row>[] {
  const firsts = new Map<number, CheckedRow<Row>>()
  for (const checked of rows) {
    const first = firsts.get(checked.row.id)
    if (first === undefined) firsts.set(checked.row.id, checked)
    else if (!isDeepStrictEqual(first.row, checked.row)) repeated(checked, first)
  }
  return [...firsts.values()]
}

/** Cuts a list into parts of a size that one statement takes. */
export function* partsOf<T>(list: readonly T[], size = 200): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
