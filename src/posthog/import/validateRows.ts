import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { findUnstorable } from '../../platform/storableJson.ts'
import { describeRow, type InputRow } from './inputRow.ts'
import type { ImportReport } from './report.ts'
import type { RowKind } from './rowKinds.ts'

/** A row that passed its checks, with its source. */
export interface ValidRow<Row> {
  row: Row
  source: InputRow
}

/** Checks a row against its schema, and that the database can store it. Returns the row, or the reason: what would be right. */
export function validateRow<Row>(schema: z.ZodType<Row>, value: unknown): { row: Row } | { reason: string } {
  const { data, error } = schema.safeParse(value)
  if (error !== undefined) {
    const reasons = error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')} ${message}`))
    return { reason: reasons.slice(0, 5).join('; ') }
  }
  const reason = findUnstorable(data)
  return reason === null ? { row: data } : { reason }
}

/**
 * Returns the valid rows. Skips the others, and rows with the id of an earlier row and other values. Pages overlap if an object was created
 * between two requests, so equal rows are no error.
 */
export function validateRows<Row extends { id: number | string }>(
  kind: RowKind,
  schema: z.ZodType<Row>,
  rows: readonly InputRow[],
  report: ImportReport,
): ValidRow<Row>[] {
  const validRows = rows.flatMap((source) => {
    const checked = validateRow(schema, source.value)
    if ('row' in checked) return [{ row: checked.row, source }]
    report.skip(kind, source, checked.reason)
    return []
  })
  const byId = new Map<number | string, ValidRow<Row>>()
  for (const { row, source } of validRows) {
    const first = byId.get(row.id)
    if (first === undefined) byId.set(row.id, { row, source })
    else if (!isDeepStrictEqual(first.row, row)) {
      report.skip(kind, source, `id must be unique: ${describeRow(first.source)} has the same id, and is used instead`)
    }
  }
  return [...byId.values()]
}
