import { z } from 'zod'
import { type KeysetPosition, maxTimestamp, minTimestamp, type SortOrder } from '../../database/keyset/sortOrder.ts'
import { boundedText } from '../argumentLimits.ts'
import { BadUserInputError } from '../errors.ts'

const cursorPayload = z.tuple([
  z.string(),
  boundedText(4_000),
  z.int().min(1).max(2_147_483_647),
  z.int().min(minTimestamp).max(maxTimestamp).nullable(),
])

/** The cursor of a row: the order it stands in, its value there, its id, and the instant the order depends on, if any. */
export function encodeCursor(ordering: SortOrder, value: string, id: number): string {
  return Buffer.from(JSON.stringify([ordering.name, value, id, ordering.asOf?.getTime() ?? null])).toString('base64url')
}

function parseCursor(cursor: string, argument: string): z.infer<typeof cursorPayload> {
  try {
    return cursorPayload.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw new BadUserInputError(argument, `Argument '${argument}' must be a cursor, as an edge of this list gave it.`)
  }
}

/** The instant a cursor's order depends on, so that the next page is ordered as the page before was; null when it has none. */
export function parseCursorAsOf(cursor: string | null | undefined, argument: string): Date | null {
  const asOf = cursor == null ? null : parseCursor(cursor, argument)[3]
  return asOf === null ? null : new Date(asOf)
}

/**
 * The place that a cursor marks in this order.
 *
 * @throws BadUserInputError that names the argument, when it is no cursor, or one from another list or order.
 */
export function decodeCursor(cursor: string, ordering: SortOrder, argument: string): KeysetPosition {
  const [name, content, id] = parseCursor(cursor, argument)
  if (name !== ordering.name) {
    throw new BadUserInputError(
      argument,
      `Argument '${argument}' is a cursor of the order ${name}; this list is in the order ${ordering.name}. Start it without a cursor.`,
    )
  }
  const value = ordering.keyType.fromText(content)
  if (value === null) throw new BadUserInputError(argument, `Argument '${argument}' must be a cursor, as an edge of this list gave it.`)
  return { value, id }
}
