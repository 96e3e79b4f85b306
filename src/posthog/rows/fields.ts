import { z } from 'zod'
import type { Prisma } from '../../database/generated/client.ts'
import { isInt4 } from '../../platform/globalId.ts'
import { isObject } from '../../platform/json.ts'
import { hasAtMost } from '../../platform/textValidation.ts'

// The field types of rows. Each message completes a sentence that begins with the field's name.

/** A number that an int4 column can hold: an id in PostHog, or a version. */
export const positiveInteger = z
  .number('must be a whole number from 1 to 2147483647')
  .refine((id) => Number.isInteger(id) && isInt4(id), 'must be a whole number from 1 to 2147483647')

/** Text of `min` to `max` characters. Characters are code points, as in PostgreSQL. */
export function boundedText(min: number, max: number) {
  const message = min > 0 ? `must be text of ${min} to ${max} characters` : `must be text of at most ${max} characters`
  return z.string(message).refine((value) => value.length >= min && hasAtMost(value, max), message)
}

/** A field with a value for rows that have none, or null. */
export function withDefault<Value, Default>(field: z.ZodType<Value>, value: Default) {
  return field.nullish().transform((given): Value | Default => given ?? value)
}

export const text = z.string('must be text')
export const nameList = z.array(text, 'must be a list of names')
export const uuid = z.guid('must be a UUID').transform((uuid) => uuid.toLowerCase())
/** How many there are of something. */
export const count = z
  .number('must be a whole number from 0 to 2147483647')
  .refine((value) => value === 0 || (Number.isInteger(value) && isInt4(value)), 'must be a whole number from 0 to 2147483647')
/** Any JSON but null, which stands for a missing value. */
export const json = z.custom<Prisma.InputJsonValue>((value) => value !== undefined && value !== null, 'must not be null')
/** The flag of another row, in its short form. */
export const flagReference = z.object({ id: positiveInteger }, 'must be an object with an id, or null').nullish()
export const boolean = z.boolean('must be true or false')

/** A JSON object that is stored unchanged. Its fields are not checked. */
export const jsonObject = z.custom<Prisma.InputJsonObject>(isObject, 'must be an object')

/** A list that is stored unchanged. Its entries are not checked. */
export const jsonList = z.custom<Prisma.InputJsonArray>(Array.isArray, 'must be a list')

/** One of the values of an enum column. The message names them all. */
export function enumValue<const Words extends Readonly<Record<string, string>>>(words: Words) {
  const error = ({ input }: { input: unknown }) =>
    `must be ${Object.values(words)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')} (it is ${(JSON.stringify(input) ?? 'missing').slice(0, 100)})`
  return z.enum(words, { error })
}

export const timestampMessage = 'must be a time with a zone, such as 2026-11-20T12:00:00.000000Z'

/** A time, cut to milliseconds, as the columns store it. The year must be from 1000 to 9999. */
export const timestamp = z.iso
  .datetime({ offset: true, error: timestampMessage })
  .transform((value) => new Date(value))
  .refine((value) => value.getUTCFullYear() >= 1000 && value.getUTCFullYear() <= 9999, timestampMessage)

/** A time that stays as it is when a row has none. */
export const optionalTimestamp = withDefault(timestamp, undefined).optional()

/** The page that the conditions of a survey or a product tour name. Null if they name none. */
export function urlOf(conditions: unknown): string | null {
  const url = isObject(conditions) ? conditions.url : null
  return typeof url === 'string' && url !== '' ? url : null
}

/** The person who created or changed an object. The email address in lower case identifies the person. */
export const person = z
  .object({ email: boundedText(1, 254), first_name: text.nullish() }, 'must be an object with an email, or null')
  .nullish()
  .transform((value) =>
    value ? { email: value.email.trim().toLowerCase(), firstName: [...(value.first_name ?? '')].slice(0, 150).join('') } : null,
  )

export type Person = z.infer<typeof person>
