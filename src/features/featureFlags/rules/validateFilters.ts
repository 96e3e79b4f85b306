import { z } from 'zod'
import { type FieldError, fieldError, validateEach } from '../../../platform/fieldError.ts'
import { asObject, isDeeperThan, type JsonObject, storedBytes } from '../../../platform/json.ts'
import { roundDecimals } from '../../../platform/roundDecimals.ts'
import { findUnstorable } from '../../../platform/storableJson.ts'
import { groupTypeOf } from '../../approvals/rules/releaseConditions.ts'
import {
  groupTypeSchema,
  patternsOf,
  percentageSchema,
  validateConditionSet,
  validatePercentage,
  validateSchema,
} from './validateConditionSets.ts'
import { decodePayload, readPercentage } from './variants.ts'

// The rules for a flag's `filters` on a write (experiments.md 2). Values are not coerced. Stored filters may be older than these rules, so
// only the input is checked, and whether it fits the stored filters.

/** The maximum size of filters as JSON text in UTF-8. */
const maxBytes = 262_144
const maxDepth = 50
const maxVariantKey = 400

/** The fields beside condition sets, variants and payloads. */
const settingsSchema = z.object({
  feature_enrollment: z.boolean('Must be true, false or null.').nullish(),
  early_exit: z.boolean('Must be true, false or null.').nullish(),
  holdout: z
    .object(
      { id: z.int('Must be a whole number.'), exclusion_percentage: percentageSchema },
      'Must be an object with `id` and `exclusion_percentage`, or null.',
    )
    .nullish(),
  aggregation_group_type_index: groupTypeSchema,
})

/**
 * Returns the errors of the filters in an input. Their paths begin with `filters`.
 *
 * @param stored the stored filters, null when the flag is created
 */
export function validateFilters(input: unknown, stored: unknown): FieldError[] {
  return findErrors(input, stored).map(({ path, code, message }) => fieldError(['filters', ...path], message, code))
}

function findErrors(input: unknown, stored: unknown): FieldError[] {
  const fields = asObject(input)
  if (fields === null) return [fieldError([], 'Must be an object.')]
  const reason = isDeeperThan(input, maxDepth) ? `it must not be nested deeper than ${maxDepth} levels` : findUnstorable(input)
  if (reason !== null) return [fieldError([], `Cannot be stored: ${reason}.`)]

  const merged: JsonObject = { ...(asObject(stored) ?? {}), ...fields }
  if (storedBytes(merged) > maxBytes) return [fieldError([], `Must be at most ${maxBytes} bytes of JSON.`, 'max_length')]
  return [
    ...('version' in fields ? [fieldError(['version'], 'This key is reserved.')] : []),
    ...validateGroups(fields, merged, stored),
    ...validateMultivariate(fields),
    ...validatePayloads(fields, merged, asObject(asObject(stored)?.payloads) ?? {}),
    ...validateOverrides(fields, merged),
    ...validateSchema([], settingsSchema, fields),
    ...validateGroupType(fields, merged),
  ]
}

function validateGroups(input: JsonObject, merged: JsonObject, stored: unknown): FieldError[] {
  const isCreate = stored === null
  if (!('groups' in input) && !isCreate) return []
  const groups = 'groups' in input ? input.groups : []
  if (!Array.isArray(groups)) return [fieldError(['groups'], 'Must be a list of condition sets.')]
  if (isCreate && groups.length === 0)
    return [fieldError(['groups'], 'Feature flags must have at least one condition set (group).', 'required')]
  const storedPatterns = patternsOf(asObject(stored)?.groups)
  return validateEach(groups, (group, index) =>
    validateConditionSet(['groups', String(index)], group, merged.aggregation_group_type_index, storedPatterns),
  )
}

/** The stored condition sets have group types of their own, so another one for the flag would be dropped. */
function validateGroupType(input: JsonObject, { groups }: JsonObject): FieldError[] {
  if (!('aggregation_group_type_index' in input) || 'groups' in input || !Array.isArray(groups)) return []
  const index = input.aggregation_group_type_index ?? null
  const isDropped = groups.some((group) => groupTypeOf(asObject(group) ?? {}, index) !== index)
  return isDropped ? [fieldError(['aggregation_group_type_index'], 'The condition sets have another group type. Send `groups` too.')] : []
}

function validateMultivariate({ multivariate }: JsonObject): FieldError[] {
  if (multivariate == null) return []
  const fields = asObject(multivariate)
  const path = ['multivariate', 'variants']
  if (fields === null) return [fieldError(['multivariate'], 'Must be an object with `variants`, or null.')]
  const { variants } = fields
  if (!Array.isArray(variants)) return [fieldError(path, 'Must be a list of variants.')]
  if (variants.length === 0) return [fieldError(path, 'Must not be empty.')]
  const fieldErrors = validateEach(variants, (variant, index) => validateVariant([...path, String(index)], variant))
  return fieldErrors.length > 0 ? fieldErrors : validateVariantSet(path, variants as { key: string; rollout_percentage: number }[])
}

function validateVariant(path: readonly string[], variant: unknown): FieldError[] {
  const fields = asObject(variant)
  if (fields === null) return [fieldError(path, 'Must be an object.')]
  const { key, name, rollout_percentage: percentage } = fields
  return [
    ...validateVariantKey([...path, 'key'], key),
    ...(name == null || typeof name === 'string' ? [] : [fieldError([...path, 'name'], 'Must be text.')]),
    ...validatePercentage([...path, 'rollout_percentage'], percentage),
  ]
}

/** Returns the errors of a variant's key. */
export function validateVariantKey(path: readonly string[], key: unknown): FieldError[] {
  if (typeof key !== 'string' || key === '') return [fieldError(path, 'This field is required.', 'required')]
  if (key.length > maxVariantKey) return [fieldError(path, `Ensure this field has no more than ${maxVariantKey} characters.`, 'max_length')]
  // Payloads are stored in an object by key, where this key would set the prototype.
  if (key === '__proto__') return [fieldError(path, 'This key is reserved.', 'invalid_key')]
  if (/^[a-zA-Z0-9_./-]+$/.test(key)) return []
  return [fieldError(path, 'Only letters, numbers, hyphens (-), underscores (_), dots (.) and slashes (/) are allowed.', 'invalid_key')]
}

/** Returns the errors of variants as a set. Their keys must be unique, and their percentages must add up to 100. */
export function validateVariantSet(
  path: readonly string[],
  variants: readonly { key: string; rollout_percentage: number }[],
): FieldError[] {
  const keys = variants.map(({ key }) => key)
  const duplicates = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))]
  const sum = roundDecimals(
    variants.reduce((total, variant) => total + (readPercentage(variant.rollout_percentage, 0) ?? 0), 0),
    6,
  )
  return [
    ...(duplicates.length === 0 ? [] : [fieldError(path, `Variant keys must be unique, duplicated: ${duplicates.join(', ')}.`)]),
    ...(sum === 100 ? [] : [fieldError(path, `Variant rollout percentages must sum to 100, got ${sum}.`)]),
  ]
}

/** Returns the keys of the variants. Null when the variants are malformed, so that references to them cannot be checked. */
function getVariantKeys({ multivariate }: JsonObject): Set<unknown> | null {
  const variants = asObject(multivariate)?.variants
  if (multivariate == null) return new Set()
  return Array.isArray(variants) ? new Set(variants.map((variant) => asObject(variant)?.key)) : null
}

function validatePayloads(input: JsonObject, merged: JsonObject, stored: JsonObject): FieldError[] {
  if (!('payloads' in input) && !('multivariate' in input)) return []
  const payloads = merged.payloads
  if (payloads == null) return []
  const fields = asObject(payloads)
  if (fields === null) return 'payloads' in input ? [fieldError(['payloads'], 'Must be an object, or null.')] : []
  const keys = getVariantKeys(merged)
  return Object.entries(fields).flatMap(([key, value]) => {
    const path = ['payloads', key]
    const fieldErrors: FieldError[] = []
    if (keys !== null && keys.size > 0 && !keys.has(key))
      fieldErrors.push(fieldError(path, `Payload key '${key}' does not match any variant key.`))
    if (keys !== null && keys.size === 0 && key !== 'true') {
      fieldErrors.push(fieldError(path, `Payload key '${key}' is invalid: boolean flags only support the 'true' key.`))
    }
    const isText = typeof value === 'string' && decodePayload(value) === value
    if ('payloads' in input && isText && value !== stored[key]) fieldErrors.push(fieldError(path, 'Must be JSON text.'))
    return fieldErrors
  })
}

function validateOverrides(input: JsonObject, merged: JsonObject): FieldError[] {
  if (!('groups' in input) && !('multivariate' in input)) return []
  const keys = getVariantKeys(merged)
  if (keys === null || !Array.isArray(merged.groups)) return []
  return merged.groups.flatMap((group, index) => {
    const variant = asObject(group)?.variant
    if (typeof variant !== 'string' || variant === '' || keys.has(variant)) return []
    return [fieldError(['groups', String(index), 'variant'], `Variant override '${variant}' does not match any variant key.`)]
  })
}
