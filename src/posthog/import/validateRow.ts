import type { z } from 'zod'
import { findUnstorable } from '../../platform/storableJson.ts'

/** A row that can be written, or the reason why it cannot. The reason says what would be right. */
export type RowResult<Row> = { row: Row } | { reason: string }

/** Checks a row against its schema, and that the database can store it. Never throws. */
export function validateRow<Row>(schema: z.ZodType<Row>, value: unknown): RowResult<Row> {
  const result = schema.safeParse(value)
  if (!result.success) {
    const reasons = result.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')} ${message}`))
    return { reason: reasons.slice(0, 5).join('; ') }
  }
  const reason = findUnstorable(result.data)
  return reason === null ? { row: result.data } : { reason }
}
