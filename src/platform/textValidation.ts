import { type FieldError, fieldError } from './fieldError.ts'

/** Whether a text has at most `max` characters. Characters are code points, as in PostgreSQL. */
export function hasAtMost(text: string, max: number): boolean {
  return text.length <= max || [...text].length <= max
}

/** Whether PostgreSQL can store a text. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Checks a text of an input: at most `max` characters, all of which PostgreSQL can store. */
export function validateText(path: readonly string[], text: string | null | undefined, max: number): FieldError[] {
  if (text == null) return []
  if (!isStorableText(text)) return [fieldError(path, 'Must be valid Unicode without NUL characters.')]
  return hasAtMost(text, max) ? [] : [fieldError(path, `Ensure this field has no more than ${max} characters.`, 'max_length')]
}

/** Checks a text of an input like `validateText`. It must also not be missing or blank. */
export function validateRequiredText(path: readonly string[], text: string | null | undefined, max: number): FieldError[] {
  if (text == null) return [fieldError(path, 'This field is required.', 'required')]
  return text.trim() === '' ? [fieldError(path, 'This field may not be blank.', 'blank')] : validateText(path, text, max)
}

/** Whether a text is one line of `min` to `max` characters, without control characters. */
export function isOneLine(text: string, min: number, max: number): boolean {
  return text.length >= min && hasAtMost(text, max) && isStorableText(text) && !/\p{Cc}/u.test(text)
}
