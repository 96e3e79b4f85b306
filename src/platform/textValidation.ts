import { type Fault, fault } from './fieldError.ts'

/** Why a text of an input cannot be kept: longer than `max` characters, or with characters that PostgreSQL cannot hold. */
export function textFaults(path: readonly string[], text: string | null | undefined, max: number): Fault[] {
  if (text == null) return []
  if (text.includes('\0') || !text.isWellFormed()) return [fault(path, 'Must be valid Unicode without NUL characters.')]
  const length = text.length <= max ? text.length : [...text].length
  return length <= max ? [] : [fault(path, `Ensure this field has no more than ${max} characters.`, 'max_length')]
}

/** The same for a text that must say something. */
export function requiredTextFaults(path: readonly string[], text: string | null | undefined, max: number): Fault[] {
  if (text == null) return [fault(path, 'This field is required.', 'required')]
  return text.trim() === '' ? [fault(path, 'This field may not be blank.', 'blank')] : textFaults(path, text, max)
}
