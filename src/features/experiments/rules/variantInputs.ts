import type { Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { validateText } from '../../../platform/textValidation.ts'
import { defaultBaselineKey, hasBaseline } from '../../featureFlags/rules/baseline.ts'
import type { VariantInput } from '../../featureFlags/rules/typedFilters.ts'
import { validatePercentage } from '../../featureFlags/rules/validateConditionSets.ts'
import { validateVariantKey, validateVariantSet } from '../../featureFlags/rules/validateFilters.ts'

// The rules for the variants in an input, and their conversion to filters (experiments.md 8.1).

const maxNameLength = 400
const maxPayloadBytes = 65_536

/**
 * Returns the errors of the variants of an experiment's flag: 2 to 20, one of them the baseline.
 *
 * @param baselineKey null if the input that names the baseline is checked by itself
 */
export function validateVariants(input: readonly VariantInput[], baselineKey: string | null = defaultBaselineKey): FieldError[] {
  const path = ['variants']
  if (input.length > 20) return [fieldError(path, 'Feature flag variants must be less than 21')]
  const variants = normalizeVariants(input, baselineKey ?? undefined)
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
    ...findMissingVariants(
      variants.map(({ key }) => key),
      baselineKey,
    ).map((message) => fieldError(path, message)),
    ...variantErrors,
    ...(variantErrors.length > 0 || variants.length < 2 ? [] : validateVariantSet(path, toFilterVariants(variants))),
  ]
}

/**
 * Returns what a flag lacks for an experiment, in the reference's words. The baseline need not be first (experiments.md 8.1).
 *
 * @param baselineKey null if the baseline is not asked for
 */
export function findMissingVariants(keys: readonly string[], baselineKey: string | null): string[] {
  return [
    ...(keys.length >= 2 ? [] : ['Feature flag must have at least 2 variants (control and at least one test variant)']),
    ...(baselineKey === null ? [] : [missingBaseline(keys, baselineKey)].filter((message) => message !== null)),
  ]
}

/** Says that a flag with these variants lacks the baseline, in the reference's words. Null if it has it. */
export function missingBaseline(keys: readonly string[], baselineKey: string): string | null {
  return hasBaseline(keys, baselineKey) ? null : `Feature flag must have a variant with key '${baselineKey}'`
}

/** Renames a key such as `Control` to `control`, if no other key is `control` in any case. A baseline of that name keeps it. */
export function normalizeVariants<Given extends { key: string }>(
  variants: readonly Given[],
  baselineKey: string = defaultBaselineKey,
): Given[] {
  const controlLike = variants.filter(({ key }) => key.toLowerCase() === defaultBaselineKey)
  const [only, another] = controlLike
  if (only === undefined || another !== undefined || only.key === baselineKey) return [...variants]
  return variants.map((variant) => (variant === only ? { ...variant, key: defaultBaselineKey } : variant))
}

/** Converts the variants to the form of a flag's `filters`. */
export function toFilterVariants(variants: readonly VariantInput[]) {
  return variants.map(({ key, name, rolloutPercentage }) => ({
    key,
    ...(name == null ? {} : { name }),
    rollout_percentage: rolloutPercentage,
  }))
}

/** Converts the payloads to the form of a flag's `filters`: JSON text by variant key. Null when there is none. */
export function toFilterPayloads(variants: readonly VariantInput[]): Prisma.InputJsonObject | null {
  const payloads = variants.flatMap(({ key, payload }) => (payload == null ? [] : [[key, JSON.stringify(payload)]]))
  return payloads.length === 0 ? null : Object.fromEntries(payloads)
}

/** Converts the variants to the form in which web experiments hold them: the percentages by key. */
export function toWebVariants(variants: readonly Pick<VariantInput, 'key' | 'rolloutPercentage'>[]): Prisma.InputJsonObject {
  return Object.fromEntries(variants.map(({ key, rolloutPercentage }) => [key, { rollout_percentage: rolloutPercentage }]))
}
