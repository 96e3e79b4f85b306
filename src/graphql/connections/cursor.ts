import { z } from 'zod'
import { type KeysetPosition, maxTimestamp, minTimestamp, type SortOrder } from '../../database/keyset/sortOrder.ts'
import { uuidPattern } from '../../platform/globalId.ts'
import { boundedText } from '../argumentLimits.ts'
import { BadUserInputError } from '../errors.ts'

const cursorPayload = z.tuple([
  z.string(),
  boundedText(4_000),
  z.union([z.int().min(1).max(2_147_483_647), z.string().regex(uuidPattern)]),
  z.int().min(minTimestamp).max(maxTimestamp).nullable(),
])

/** Encodes the cursor of a row: the name of the order, the row's sort value, its id, and the time that the order depends on, if any. */
export function encodeCursor(ordering: SortOrder, value: string, id: number | string): string {
  return Buffer.from(JSON.stringify([ordering.name, value, id, ordering.asOf?.getTime() ?? null])).toString('base64url')
}

/** @throws BadUserInputError if it is not a cursor. */
export function parseCursor(cursor: string, argument: string): z.infer<typeof cursorPayload> {
  try {
    return cursorPayload.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw new BadUserInputError(argument, `Argument '${argument}' must be a cursor that an edge of this list returned.`)
  }
}

/** The time that the order of a cursor depends on, so that all pages use the same order. Null if there is none. */
export function parseCursorAsOf(cursor: string | null | undefined, argument: string): Date | null {
  const asOf = cursor == null ? null : parseCursor(cursor, argument)[3]
  return asOf === null ? null : new Date(asOf)
}

/**
 * Decodes the position of a cursor in an order.
 *
 * @param idType the type of the ids of the list's rows
 * @throws BadUserInputError if it is not a cursor, or is from another list or order. The error names the argument.
 */
export function decodeCursor(cursor: string, ordering: SortOrder, argument: string, idType: 'int' | 'uuid' = 'int'): KeysetPosition {
  const [name, content, id] = parseCursor(cursor, argument)
  if (name !== ordering.name) {
    throw new BadUserInputError(
      argument,
      `Argument '${argument}' is a cursor of the order ${name}, but this list is in the order ${ordering.name}. Start again without a cursor.`,
    )
  }
  const value = ordering.keyType.parse(content)
  if (value === null || (typeof id === 'string') !== (idType === 'uuid'))
    throw new BadUserInputError(argument, `Argument '${argument}' must be a cursor that an edge of this list returned.`)
  return { value, id }
}
