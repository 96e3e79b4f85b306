import { z } from 'zod'
import { hasAtMost, isStorableText } from '../platform/textValidation.ts'

/** The maximum number of rows on a page. */
export const maxPageSize = 100
export const defaultPageSize = 20

/** Text that PostgreSQL can store: at most `max` code points, well-formed Unicode, no NUL characters. */
export function boundedText(max: number) {
  return z
    .string()
    .refine((value) => hasAtMost(value, max), `must be at most ${max} characters long.`)
    .refine(isStorableText, 'must be valid Unicode without NUL characters.')
}

export const pageSizeSchema = z
  .int()
  .min(1, `must be between 1 and ${maxPageSize}.`)
  .max(maxPageSize, `must be between 1 and ${maxPageSize}.`)
  .nullish()

/** Cursors are bounded, because a cursor holds one encoded sort value: at most a name of 400 characters. */
export const cursorSchema = boundedText(4_000).nullish()

const maxOffset = 1_000_000
export const offsetSchema = z
  .int()
  .min(0, `must be between 0 and ${maxOffset}.`)
  .max(maxOffset, `must be between 0 and ${maxOffset}.`)
  .nullish()
