import { type Fault, fault } from '../../../platform/fieldError.ts'
import { textFaults } from '../../../platform/textValidation.ts'

// What people may give a flag, apart from its filters (experiments.md 1.4 and 2).

const maxName = 4_000
const maxLabels = 100
const maxLabel = 255
/** How long a flag's key may be, in characters. */
export const maxKey = 400

interface FlagInput {
  key?: string | null | undefined
  name?: string | null | undefined
  evaluationContexts?: readonly string[] | null | undefined
  tags?: readonly string[] | null | undefined
}

/** What is wrong with a key, wherever in the input it stands. */
export function keyFaults(path: readonly string[], key: string): Fault[] {
  if (key.trim() === '') return [fault(path, 'This field may not be blank.', 'blank')]
  if (key.length > maxKey) return [fault(path, `Ensure this field has no more than ${maxKey} characters.`, 'max_length')]
  if (/^[a-zA-Z0-9_-]+$/.test(key)) return []
  return [fault(path, 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.', 'invalid_key')]
}

export function flagFaults({ key, name, evaluationContexts, tags }: FlagInput): Fault[] {
  return [
    ...(key == null ? [] : keyFaults(['key'], key)),
    ...textFaults(['name'], name, maxName),
    ...labelFaults('evaluationContexts', evaluationContexts),
    ...labelFaults('tags', tags),
  ]
}

function labelFaults(field: string, labels: readonly string[] | null | undefined): Fault[] {
  if (labels == null) return []
  if (labels.length > maxLabels) return [fault([field], `Ensure this field has no more than ${maxLabels} elements.`)]
  return labels.flatMap((label, index) => {
    const path = [field, String(index)]
    return label.trim() === '' ? [fault(path, 'This field may not be blank.', 'blank')] : textFaults(path, label, maxLabel)
  })
}

/** Contexts are the same however they are spaced and capitalised; in code point order. */
export function contextNames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim().toLowerCase()))].sort()
}

/** Labels as given, each once. */
export function distinctTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()))]
}
