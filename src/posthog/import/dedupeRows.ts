import { isDeepStrictEqual } from 'node:util'
import type { InputRow } from './inputRow.ts'

/** A row that passed its checks, with where it came from. */
export interface ValidRow<Row> {
  row: Row
  source: InputRow
}

/**
 * Each id once. Pages overlap when something was made between two requests, so the same row twice is no fault; one that says something
 * else under the same id is given to `repeated`, and the first counts.
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

/** Cuts a list into parts of a size that one statement takes. */
export function* chunk<T>(list: readonly T[], size = 200): Generator<T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size)
}
