import type { Prisma, Project } from '../../../database/generated/client.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject, isObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import { roundDecimals } from '../../../platform/roundDecimals.ts'
import { validateStorable } from '../../../platform/storableJson.ts'

/** Returns the errors of a JSON object in an input: at most 64 KiB. A missing value is valid. */
export function validateJsonObject(path: readonly string[], value: unknown): FieldError[] {
  if (value == null) return []
  return isObject(value) ? validateStorable(path, value, 65_536) : [fieldError(path, 'Must be an object.')]
}

/** Returns the errors of `statsConfig` for a flag with these variants (experiments.md 8.1). */
export function validateStatsConfig(config: unknown, variantKeys: readonly string[]): FieldError[] {
  const fieldErrors = validateJsonObject(['statsConfig'], config)
  const fields = asObject(config)
  if (fieldErrors.length > 0 || fields === null) return fieldErrors
  const { method, baseline_variant_key: baseline, bayesian, frequentist } = fields
  const keys = variantKeys.join(', ')
  return [
    ...errorIf(!isNullOr(method, ['bayesian', 'frequentist']), ['statsConfig', 'method'], "Must be 'bayesian' or 'frequentist'."),
    ...errorIf(!isNullOr(baseline, variantKeys), ['statsConfig', 'baseline_variant_key'], `Must be one of the variants: ${keys}.`),
    ...validateLevel(['statsConfig', 'bayesian'], bayesian, 'ci_level'),
    ...validateLevel(['statsConfig', 'frequentist'], frequentist, 'alpha'),
  ]
}

/** A level of 0 or 1 has no interval. */
function validateLevel(path: readonly string[], settings: unknown, name: string): FieldError[] {
  if (settings == null) return []
  if (!isObject(settings)) return [fieldError(path, 'Must be an object, or null.')]
  const level = toNearestNumber(settings[name])
  const isLevel = level == null || (typeof level === 'number' && level > 0 && level < 1)
  return errorIf(!isLevel, [...path, name], 'Must be a number between 0 and 1.')
}

function isNullOr(value: unknown, options: readonly unknown[]): boolean {
  return value == null || options.includes(value)
}

/** Returns `statsConfig` with the project's defaults for missing and null values. */
export function applyStatsDefaults(
  config: unknown,
  project: Pick<Project, 'defaultExperimentStatsMethod' | 'defaultExperimentConfidenceLevel'>,
): Prisma.InputJsonObject {
  const statsConfig = asObject(config) ?? {}
  const level = project.defaultExperimentConfidenceLevel === null ? null : Number(project.defaultExperimentConfidenceLevel)
  const levels =
    level === null
      ? {}
      : {
          bayesian: applyDefaults({ ci_level: level }, statsConfig.bayesian),
          frequentist: applyDefaults({ alpha: roundDecimals(1 - level, 6) }, statsConfig.frequentist),
        }
  const { method, ...rest } = statsConfig
  return { ...rest, ...levels, method: method ?? project.defaultExperimentStatsMethod ?? 'bayesian' } as Prisma.InputJsonObject
}

/** Returns `exposureCriteria` with the default for test accounts: they are filtered out. */
export function applyExposureDefaults(criteria: unknown): Prisma.InputJsonObject {
  return applyDefaults({ filterTestAccounts: true }, criteria) as Prisma.InputJsonObject
}

/** Returns the input with the defaults for missing and null values. */
function applyDefaults(defaults: JsonObject, input: unknown): JsonObject {
  const fields = asObject(input) ?? {}
  const missing = Object.entries(defaults).filter(([key]) => fields[key] == null)
  return { ...fields, ...Object.fromEntries(missing) }
}
