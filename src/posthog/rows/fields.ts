import { z } from 'zod'
import type { Prisma } from '../../database/generated/client.ts'
import { isStorableId } from '../../platform/globalId.ts'
import { isObject } from '../import/inputRow.ts'

// The kinds of value that rows are made of. Every message ends a sentence that begins with the field's name.

/** The number that the reference gave a row. */
export const referenceId = z
  .number('must be a whole number from 1 to 2147483647')
  .refine((id) => Number.isInteger(id) && isStorableId(id), 'must be a whole number from 1 to 2147483647')

/** Text that fits into its column. Its length is counted as PostgreSQL counts it: in code points. */
export function text(min: number, max: number) {
  const message = min > 0 ? `must be text of ${min} to ${max} characters` : `must be text of at most ${max} characters`
  return z.string(message).refine((value) => value.length >= min && (value.length <= max || [...value].length <= max), message)
}

/** A switch that is off (or on) where nothing is said. */
export function switchable(fallback: boolean) {
  return z
    .boolean('must be true or false')
    .nullish()
    .transform((value) => value ?? fallback)
}

/** A JSON object that is kept as it is, whatever is in it. */
export const jsonObject = z.custom<Prisma.InputJsonObject>(isObject, 'must be an object')

/** The same, a list. */
export const jsonList = z.custom<Prisma.InputJsonArray>(Array.isArray, 'must be a list')

/** One of the words that the column takes; the message names them all. */
export function oneOf<const Words extends Readonly<Record<string, string>>>(words: Words) {
  const error = ({ input }: { input: unknown }) =>
    `must be ${Object.values(words)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')} (it is ${(JSON.stringify(input) ?? 'missing').slice(0, 100)})`
  return z.enum(words, { error })
}

const momentForm = 'must be a time with a zone, such as 2026-11-20T12:00:00.000000Z'

/** A moment, cut to the milliseconds that the columns have. Years that only one side could write are no moments. */
export const moment = z.iso
  .datetime({ offset: true, error: momentForm })
  .transform((value) => new Date(value))
  .refine((value) => value.getUTCFullYear() >= 1000 && value.getUTCFullYear() <= 9999, momentForm)

/** Whoever made or changed something. */
export interface Person {
  /** In lower case: what people are told apart by. */
  email: string
  firstName: string
}

export const person = z
  .object({ email: text(1, 254), first_name: z.string('must be text').nullish() }, 'must be an object with an email, or null')
  .nullish()
  .transform((given): Person | null =>
    given ? { email: given.email.trim().toLowerCase(), firstName: [...(given.first_name ?? '')].slice(0, 150).join('') } : null,
  )
