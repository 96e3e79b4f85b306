import { z } from 'zod'
import type { Prisma } from '../../database/generated/client.ts'
import { isInt4 } from '../../platform/globalId.ts'
import { isObject } from '../../platform/json.ts'
import { hasAtMost } from '../../platform/textValidation.ts'

// The field types of rows. Each message completes a sentence that begins with the field's name.

/** The id of a row in PostHog. */
export const referenceId = z
  .number('must be a whole number from 1 to 2147483647')
  .refine((id) => Number.isInteger(id) && isInt4(id), 'must be a whole number from 1 to 2147483647')

/** Text of `min` to `max` characters. Characters are code points, as in PostgreSQL. */
export function textField(min: number, max: number) {
  const message = min > 0 ? `must be text of ${min} to ${max} characters` : `must be text of at most ${max} characters`
  return z.string(message).refine((value) => value.length >= min && hasAtMost(value, max), message)
}

/** A boolean with a default. */
export function optionalBoolean(fallback: boolean) {
  return z
    .boolean('must be true or false')
    .nullish()
    .transform((value) => value ?? fallback)
}

/** A JSON object that is stored unchanged. Its fields are not checked. */
export const jsonObject = z.custom<Prisma.InputJsonObject>(isObject, 'must be an object')

/** A list that is stored unchanged. Its entries are not checked. */
export const jsonList = z.custom<Prisma.InputJsonArray>(Array.isArray, 'must be a list')

/** One of the values of an enum column. The message names them all. */
export function enumField<const Words extends Readonly<Record<string, string>>>(words: Words) {
  const error = ({ input }: { input: unknown }) =>
    `must be ${Object.values(words)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')} (it is ${(JSON.stringify(input) ?? 'missing').slice(0, 100)})`
  return z.enum(words, { error })
}

const timestampMessage = 'must be a time with a zone, such as 2026-11-20T12:00:00.000000Z'

/** A time, cut to milliseconds, as the columns store it. The year must be from 1000 to 9999. */
export const timestamp = z.iso
  .datetime({ offset: true, error: timestampMessage })
  .transform((value) => new Date(value))
  .refine((value) => value.getUTCFullYear() >= 1000 && value.getUTCFullYear() <= 9999, timestampMessage)

/** The person who created or changed an object. */
export interface PersonJson {
  /** In lower case. It identifies the person. */
  email: string
  firstName: string
}

export const personField = z
  .object({ email: textField(1, 254), first_name: z.string('must be text').nullish() }, 'must be an object with an email, or null')
  .nullish()
  .transform((value): PersonJson | null =>
    value ? { email: value.email.trim().toLowerCase(), firstName: [...(value.first_name ?? '')].slice(0, 150).join('') } : null,
  )
