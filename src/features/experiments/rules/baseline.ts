import type { Prisma } from '../../../database/generated/client.ts'
import { errorIf, type FieldError, fieldError, validateEach } from '../../../platform/fieldError.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { defaultBaselineKey } from '../../featureFlags/rules/baseline.ts'

// The variant that the others are compared to, and the variants that are not compared (experiments.md 1.2 and 8.1).

/** What an input says about the baseline: by a field of its own, or in the settings of the statistics. */
interface BaselineInput {
  baselineVariantKey?: string | null | undefined
  statsConfig?: unknown
}

/** Returns the key of the baseline: the variant that the settings name, or `control`. All code that needs the baseline uses this. */
export function baselineKeyOf(statsConfig: unknown): string {
  return namedBaseline(statsConfig) ?? defaultBaselineKey
}

/** Returns the key that the settings name. Null if they name none. */
export function namedBaseline(statsConfig: unknown): string | null {
  const key = asObject(statsConfig)?.baseline_variant_key
  return typeof key === 'string' && key !== '' ? key : null
}

/**
 * Returns the settings with this baseline.
 *
 * @param key null for none, so that `control` is the baseline. Undefined keeps what the settings say.
 */
export function withBaseline(statsConfig: unknown, key: string | null | undefined): Prisma.InputJsonObject {
  const { baseline_variant_key: stored, ...rest } = asObject(statsConfig) ?? {}
  const named = key === undefined ? stored : (key ?? undefined)
  return { ...rest, ...(named === undefined ? {} : { baseline_variant_key: named }) } as Prisma.InputJsonObject
}

/** Returns the errors of `baselineVariantKey` for a flag with these variants. */
export function validateBaselineKey({ baselineVariantKey, statsConfig }: BaselineInput, variantKeys: readonly string[]): FieldError[] {
  if (baselineVariantKey === undefined) return []
  const path = ['baselineVariantKey']
  if (asObject(statsConfig)?.baseline_variant_key !== undefined) {
    return [fieldError(path, '`statsConfig` has a `baseline_variant_key` too. Give only one of them.')]
  }
  const isKnown = baselineVariantKey === null || variantKeys.includes(baselineVariantKey)
  return errorIf(!isKnown, path, `Must be one of the variants: ${variantKeys.join(', ')}.`)
}

/** Returns the path of the input that names the baseline. Null if the input does not name it. */
export function baselinePath({ baselineVariantKey, statsConfig }: BaselineInput): string[] | null {
  if (baselineVariantKey !== undefined) return ['baselineVariantKey']
  return statsConfig == null ? null : ['statsConfig', 'baseline_variant_key']
}

/** Returns the keys of the variants that the results leave out. */
export function excludedKeysOf(parameters: unknown): string[] {
  const keys = asArray(asObject(parameters)?.excluded_variants) ?? []
  return keys.filter((key) => typeof key === 'string')
}

/** Returns the errors of `excludedVariantKeys` for a flag with these variants: a baseline and a test variant must remain. */
export function validateExcludedKeys(
  path: readonly string[],
  excluded: readonly string[],
  variantKeys: readonly string[],
  baselineKey: string,
): FieldError[] {
  const unknown = `Must be one of the variants: ${variantKeys.join(', ')}.`
  const fieldErrors = validateEach(excluded, (key, index) => {
    const keyPath = [...path, String(index)]
    if (key.startsWith('holdout-')) return [fieldError(keyPath, 'The people of a holdout cannot be excluded.')]
    if (key === baselineKey) return [fieldError(keyPath, `'${key}' is the baseline, which cannot be excluded.`)]
    return errorIf(!variantKeys.includes(key), keyPath, unknown, 'does_not_exist')
  })
  if (fieldErrors.length > 0) return fieldErrors
  const remaining = variantKeys.filter((key) => key !== baselineKey && !excluded.includes(key))
  return errorIf(excluded.length > 0 && remaining.length === 0, path, 'At least one test variant must remain.')
}
