import type { Prisma, Project } from '../../../database/generated/client.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { unstorable } from '../../../platform/storableJson.ts'
import { type Fields, fieldsOf } from '../../featureFlags/rules/filterValues.ts'

const maxBytes = 65_536

/** What is wrong with a JSON object of an input. */
export function objectFaults(path: readonly string[], value: unknown): Fault[] {
  if (value == null) return []
  if (fieldsOf(value) === null) return [fault(path, 'Must be an object.')]
  const reason = unstorable(value)
  if (reason !== null) return [fault(path, `Cannot be kept: ${reason}.`)]
  return Buffer.byteLength(JSON.stringify(value)) <= maxBytes
    ? []
    : [fault(path, `Must be at most ${maxBytes} bytes of JSON.`, 'max_length')]
}

/** What is wrong with `statsConfig` for a flag with these variants (experiments.md 8.1). */
export function statsConfigFaults(config: unknown, variantKeys: readonly string[]): Fault[] {
  const faults = objectFaults(['statsConfig'], config)
  const fields = fieldsOf(config)
  if (faults.length > 0 || fields === null) return faults
  const { method, baseline_variant_key: baseline } = fields
  return [
    ...(method == null || method === 'bayesian' || method === 'frequentist'
      ? []
      : [fault(['statsConfig', 'method'], "Must be 'bayesian' or 'frequentist'.")]),
    ...(baseline == null || (typeof baseline === 'string' && variantKeys.includes(baseline))
      ? []
      : [fault(['statsConfig', 'baseline_variant_key'], `Must be one of the variants: ${variantKeys.join(', ')}.`)]),
  ]
}

/** `statsConfig` with the project's defaults where nothing, or null, is said. */
export function withStatsDefaults(
  config: unknown,
  project: Pick<Project, 'defaultExperimentStatsMethod' | 'defaultExperimentConfidenceLevel'>,
): Prisma.InputJsonObject {
  const given = fieldsOf(config) ?? {}
  const level = project.defaultExperimentConfidenceLevel === null ? null : Number(project.defaultExperimentConfidenceLevel)
  const levels =
    level === null
      ? {}
      : {
          bayesian: filled({ ci_level: level }, given.bayesian),
          // Without the noise of binary fractions.
          frequentist: filled({ alpha: Number((1 - level).toFixed(6)) }, given.frequentist),
        }
  const { method, ...rest } = given
  return { ...rest, ...levels, method: method ?? project.defaultExperimentStatsMethod ?? 'bayesian' } as Prisma.InputJsonObject
}

/** `exposureCriteria` with its default. */
export function withExposureDefaults(criteria: unknown): Prisma.InputJsonObject {
  return filled({ filterTestAccounts: true }, criteria) as Prisma.InputJsonObject
}

/** What is given, and the defaults where it is missing or null. */
function filled(defaults: Fields, given: unknown): Fields {
  const fields = fieldsOf(given) ?? {}
  const missing = Object.entries(defaults).filter(([key]) => fields[key] == null)
  return { ...fields, ...Object.fromEntries(missing) }
}
