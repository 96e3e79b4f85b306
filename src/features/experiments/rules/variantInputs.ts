import type { Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { validatePercentage } from '../../featureFlags/rules/validateConditionSets.ts'
import { validateVariantKey, validateVariantSet } from '../../featureFlags/rules/validateFilters.ts'

// The rules for the variants in an input, and their conversion to filters (experiments.md 8.1).

/** A variant of the GraphQL input `VariantInput`. */
export interface VariantInput {
  key: string
  name?: string | null
  rolloutPercentage: number
  payload?: unknown
}

const maxNameLength = 400
const maxPayloadBytes = 65_536

/** Returns the errors of the variants of an experiment's flag: 2 to 20, one of them `control`. */
export function validateVariants(input: readonly VariantInput[]): FieldError[] {
  const path = ['variants']
  if (input.length > 20) return [fieldError(path, 'Feature flag variants must be less than 21')]
  const variants = normalizeVariants(input)
  const variantErrors = variants.flatMap((variant, index) => {
    const variantPath = [...path, String(index)]
    return [
      ...validateVariantKey([...variantPath, 'key'], variant.key),
      ...validateText([...variantPath, 'name'], variant.name, maxNameLength),
      ...validatePercentage([...variantPath, 'rolloutPercentage'], variant.rolloutPercentage),
      ...validateStorable([...variantPath, 'payload'], variant.payload, maxPayloadBytes),
    ]
  })
  return [
    ...findMissingVariants(variants.map(({ key }) => key)).map((message) => fieldError(path, message)),
    ...variantErrors,
    ...(variantErrors.length > 0 || variants.length < 2 ? [] : validateVariantSet(path, toFilterVariants(variants))),
  ]
}

/** Returns what a flag lacks for an experiment, in the reference's words. `control` need not be first (experiments.md 8.1). */
export function findMissingVariants(keys: readonly string[]): string[] {
  return [
    ...(keys.length >= 2 ? [] : ['Feature flag must have at least 2 variants (control and at least one test variant)']),
    ...(keys.includes('control') ? [] : ["Feature flag must have a variant with key 'control'"]),
  ]
}

/** Renames a key such as `Control` to `control`, if no other key is `control` in any case. */
export function normalizeVariants<Given extends { key: string }>(variants: readonly Given[]): Given[] {
  const controlLike = variants.filter(({ key }) => key.toLowerCase() === 'control')
  const [only] = controlLike
  if (controlLike.length !== 1 || only === undefined || only.key === 'control') return [...variants]
  return variants.map((variant) => (variant === only ? { ...variant, key: 'control' } : variant))
}

/** Converts the variants to the form of a flag's `filters`. */
export function toFilterVariants(variants: readonly VariantInput[]) {
  return normalizeVariants(variants).map(({ key, name, rolloutPercentage }) => ({
    key,
    ...(name == null ? {} : { name }),
    rollout_percentage: rolloutPercentage,
  }))
}

/** Converts the payloads to the form of a flag's `filters`: JSON text by variant key. Null when there is none. */
export function toFilterPayloads(variants: readonly VariantInput[]): Prisma.InputJsonObject | null {
  const payloads = normalizeVariants(variants).flatMap(({ key, payload }) => (payload == null ? [] : [[key, JSON.stringify(payload)]]))
  return payloads.length === 0 ? null : Object.fromEntries(payloads)
}
