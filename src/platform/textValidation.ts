import { type FieldError, fieldError } from './fieldError.ts'

/** Why a text of an input cannot be kept: longer than `max` characters, or with characters that PostgreSQL cannot hold. */
export function validateText(path: readonly string[], text: string | null | undefined, max: number): FieldError[] {
  if (text == null) return []
  if (text.includes('\0') || !text.isWellFormed()) return [fieldError(path, 'Must be valid Unicode without NUL characters.')]
  const length = text.length <= max ? text.length : [...text].length
  return length <= max ? [] : [fieldError(path, `Ensure this field has no more than ${max} characters.`, 'max_length')]
}

/** The same for a text that must say something. */
export function validateRequiredText(path: readonly string[], text: string | null | undefined, max: number): FieldError[] {
  if (text == null) return [fieldError(path, 'This field is required.', 'required')]
  return text.trim() === '' ? [fieldError(path, 'This field may not be blank.', 'blank')] : validateText(path, text, max)
}

/** Whether a text is one line of `min` to `max` characters. */
export function isOneLine(text: string, min: number, max: number): boolean {
  const length = [...text].length
  return length >= min && length <= max && !/\p{Cc}/u.test(text) && text.isWellFormed()
}
