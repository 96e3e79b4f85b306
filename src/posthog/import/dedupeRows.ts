import { isDeepStrictEqual } from 'node:util'
import type { InputRow } from './inputRow.ts'

/** A row that passed its checks, with its source. */
export interface ValidRow<Row> {
  row: Row
  source: InputRow
}

/**
 * Removes rows with a repeated id, and keeps the first. Pages overlap if an object was created between two requests, so equal rows are no
 * error. A row with the same id and other values is passed to `onConflict`.
 */
export function dedupeRows<Row extends { id: number }>(
  rows: readonly ValidRow<Row>[],
  onConflict: (row: ValidRow<Row>, first: ValidRow<Row>) => void,
): ValidRow<Row>[] {
  const byId = new Map<number, ValidRow<Row>>()
  for (const candidate of rows) {
    const first = byId.get(candidate.row.id)
    if (first === undefined) byId.set(candidate.row.id, candidate)
    else if (!isDeepStrictEqual(first.row, candidate.row)) onConflict(candidate, first)
  }
  return [...byId.values()]
}

/** Splits a list into batches. The default size fits into one statement. */
export function* chunk<T>(list: readonly T[], size = 200): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
