import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateText } from '../../../platform/textValidation.ts'

// The rules for the values of a flag, except its filters (experiments.md 1.4 and 2).

const maxNameLength = 4_000
const maxLabels = 100
const maxLabelLength = 255
/** The maximum length of a flag's key, in characters. */
export const maxKeyLength = 400

interface FlagInput {
  key?: string | null | undefined
  name?: string | null | undefined
  evaluationContexts?: readonly string[] | null | undefined
  tags?: readonly string[] | null | undefined
}

/** Returns the errors of a flag's key at a path of the input. */
export function validateFlagKey(path: readonly string[], key: string): FieldError[] {
  if (key.trim() === '') return [fieldError(path, 'This field may not be blank.', 'blank')]
  if (key.length > maxKeyLength) return [fieldError(path, `Ensure this field has no more than ${maxKeyLength} characters.`, 'max_length')]
  if (/^[a-zA-Z0-9_-]+$/.test(key)) return []
  return [fieldError(path, 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.', 'invalid_key')]
}

export function validateFlag({ key, name, evaluationContexts, tags }: FlagInput): FieldError[] {
  return [
    ...(key == null ? [] : validateFlagKey(['key'], key)),
    ...validateText(['name'], name, maxNameLength),
    ...validateLabels('evaluationContexts', evaluationContexts),
    ...validateLabels('tags', tags),
  ]
}

/** Returns the errors of a list of labels: how many there are, and what each is. */
export function validateLabels(field: string, labels: readonly string[] | null | undefined): FieldError[] {
  if (labels == null) return []
  if (labels.length > maxLabels) return [fieldError([field], `Ensure this field has no more than ${maxLabels} elements.`)]
  return labels.flatMap((label, index) => {
    const path = [field, String(index)]
    return label.trim() === '' ? [fieldError(path, 'This field may not be blank.', 'blank')] : validateText(path, label, maxLabelLength)
  })
}

/** Trims the tags and removes duplicates. */
export function normalizeTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()))]
}
