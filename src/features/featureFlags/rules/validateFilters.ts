import { type Fault, fault } from '../../../platform/fieldError.ts'
import { unstorable } from '../../../platform/storableJson.ts'
import { checkPercentage, type Fields, fieldsOf, isText } from './filterValues.ts'
import { conditionSetFaults } from './validateConditionSets.ts'

// What a flag's `filters` may be on a write (experiments.md 2). Nothing is coerced. Stored filters may be older than these rules: only
// what a caller sends is judged, and how it goes together with what is stored.

export type Filters = Fields

/** How large filters may be, as JSON text in UTF-8. */
export const maxFiltersBytes = 262_144
const maxDepth = 50
const maxVariantKey = 400

/** What is wrong with filters as they are given, with paths below `filters`. `stored` is null where a flag is made. */
export function filterFaults(given: unknown, stored: unknown): Fault[] {
  const fields = fieldsOf(given)
  if (fields === null) return [fault([], 'Must be an object.')]
  const reason = depthOf(given) > maxDepth ? `must not be nested deeper than ${maxDepth} levels` : unstorable(given)
  if (reason !== null) return [fault([], `Cannot be kept: ${reason}.`)]

  const merged: Fields = { ...(fieldsOf(stored) ?? {}), ...fields }
  if (Buffer.byteLength(JSON.stringify(merged)) > maxFiltersBytes)
    return [fault([], `Must be at most ${maxFiltersBytes} bytes of JSON.`, 'max_length')]
  return [
    ...('version' in fields ? [fault(['version'], 'This key is reserved.')] : []),
    ...groupFaults(fields, merged, stored === null),
    ...multivariateFaults(fields),
    ...payloadFaults(fields, merged, fieldsOf(fieldsOf(stored)?.payloads) ?? {}),
    ...overrideFaults(fields, merged),
    ...switchFaults(fields),
    ...holdoutFaults(fields),
    ...indexFaults([], fields.aggregation_group_type_index),
  ]
}

function depthOf(value: unknown): number {
  let depth = 0
  let level: unknown[] = [value]
  while (level.length > 0 && depth <= maxDepth + 1) {
    level = level.flatMap((inner) => (typeof inner === 'object' && inner !== null ? Object.values(inner) : []))
    depth++
  }
  return depth
}

function groupFaults(given: Fields, merged: Fields, isCreate: boolean): Fault[] {
  if (!('groups' in given)) {
    return isCreate ? [fault(['groups'], 'Feature flags must have at least one condition set (group).', 'required')] : []
  }
  if (!Array.isArray(given.groups)) return [fault(['groups'], 'Must be a list of condition sets.')]
  if (isCreate && given.groups.length === 0)
    return [fault(['groups'], 'Feature flags must have at least one condition set (group).', 'required')]
  return given.groups.flatMap((group, index) => conditionSetFaults(['groups', String(index)], group, merged.aggregation_group_type_index))
}

function multivariateFaults({ multivariate }: Fields): Fault[] {
  if (multivariate == null) return []
  const fields = fieldsOf(multivariate)
  const path = ['multivariate', 'variants']
  if (fields === null) return [fault(['multivariate'], 'Must be an object with `variants`, or null.')]
  const { variants } = fields
  if (!Array.isArray(variants)) return [fault(path, 'Must be a list of variants.')]
  if (variants.length === 0) return [fault(path, 'Must not be empty.')]
  const faults = variants.flatMap((variant, index) => variantFaults([...path, String(index)], variant))
  return faults.length > 0 ? faults : variantSetFaults(path, variants as { key: string; rollout_percentage: number }[])
}

function variantFaults(path: readonly string[], variant: unknown): Fault[] {
  const fields = fieldsOf(variant)
  if (fields === null) return [fault(path, 'Must be an object.')]
  const { key, name, rollout_percentage: percentage } = fields
  return [
    ...variantKeyFaults([...path, 'key'], key),
    ...(name == null || typeof name === 'string' ? [] : [fault([...path, 'name'], 'Must be text.')]),
    ...checkPercentage([...path, 'rollout_percentage'], percentage),
  ]
}

/** What is wrong with the key of a variant. */
export function variantKeyFaults(path: readonly string[], key: unknown): Fault[] {
  if (!isText(key)) return [fault(path, 'This field is required.', 'required')]
  if (key.length > maxVariantKey) return [fault(path, `Ensure this field has no more than ${maxVariantKey} characters.`, 'max_length')]
  // It would be taken for an object's prototype wherever payloads are kept by key.
  if (key === '__proto__') return [fault(path, 'This key is reserved.', 'invalid_key')]
  if (/^[a-zA-Z0-9_./-]+$/.test(key)) return []
  return [fault(path, 'Only letters, numbers, hyphens (-), underscores (_), dots (.) and slashes (/) are allowed.', 'invalid_key')]
}

/** What is wrong with variants together: their keys are unique and their percentages sum to 100. */
export function variantSetFaults(path: readonly string[], variants: readonly { key: string; rollout_percentage: number }[]): Fault[] {
  const keys = variants.map(({ key }) => key)
  const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))]
  // Without the noise of binary fractions.
  const sum = Number(variants.reduce((total, variant) => total + variant.rollout_percentage, 0).toFixed(6))
  return [
    ...(twice.length === 0 ? [] : [fault(path, `Variant keys must be unique, duplicated: ${twice.join(', ')}.`)]),
    ...(sum === 100 ? [] : [fault(path, `Variant rollout percentages must sum to 100, got ${sum}.`)]),
  ]
}

/** The keys of variants, where they can be told; null where the variants are malformed, and nothing can be said of what refers to them. */
function variantKeys({ multivariate }: Fields): Set<unknown> | null {
  const variants = fieldsOf(multivariate)?.variants
  if (multivariate == null) return new Set()
  return Array.isArray(variants) ? new Set(variants.map((variant) => fieldsOf(variant)?.key)) : null
}

function payloadFaults(given: Fields, merged: Fields, stored: Fields): Fault[] {
  if (!('payloads' in given) && !('multivariate' in given)) return []
  const payloads = merged.payloads
  if (payloads == null) return []
  const fields = fieldsOf(payloads)
  if (fields === null) return 'payloads' in given ? [fault(['payloads'], 'Must be an object, or null.')] : []
  const keys = variantKeys(merged)
  return Object.entries(fields).flatMap(([key, value]) => {
    const path = ['payloads', key]
    const faults: Fault[] = []
    if (keys !== null && keys.size > 0 && !keys.has(key)) faults.push(fault(path, `Payload key '${key}' does not match any variant key.`))
    if (keys !== null && keys.size === 0 && key !== 'true') {
      faults.push(fault(path, `Payload key '${key}' is invalid: boolean flags only support the 'true' key.`))
    }
    if ('payloads' in given && typeof value === 'string' && value !== stored[key] && !isJson(value))
      faults.push(fault(path, 'Must be JSON text.'))
    return faults
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function overrideFaults(given: Fields, merged: Fields): Fault[] {
  if (!('groups' in given) && !('multivariate' in given)) return []
  const keys = variantKeys(merged)
  if (keys === null || !Array.isArray(merged.groups)) return []
  return merged.groups.flatMap((group, index) => {
    const variant = fieldsOf(group)?.variant
    if (!isText(variant) || keys.has(variant)) return []
    return [fault(['groups', String(index), 'variant'], `Variant override '${variant}' does not match any variant key.`)]
  })
}

function switchFaults(given: Fields): Fault[] {
  return ['feature_enrollment', 'early_exit'].flatMap((key) =>
    given[key] == null || typeof given[key] === 'boolean' ? [] : [fault([key], 'Must be true, false or null.')],
  )
}

function holdoutFaults({ holdout }: Fields): Fault[] {
  if (holdout == null) return []
  const fields = fieldsOf(holdout)
  if (fields === null) return [fault(['holdout'], 'Must be an object with `id` and `exclusion_percentage`, or null.')]
  return [
    ...(Number.isSafeInteger(fields.id) ? [] : [fault(['holdout', 'id'], 'Must be a whole number.')]),
    ...checkPercentage(['holdout', 'exclusion_percentage'], fields.exclusion_percentage),
  ]
}

/** What is wrong with the index of a group type. */
export function indexFaults(path: readonly string[], index: unknown): Fault[] {
  if (index == null || (Number.isSafeInteger(index) && Number(index) >= 0)) return []
  return [fault([...path, 'aggregation_group_type_index'], 'Must be a whole number from 0, or null.')]
}
