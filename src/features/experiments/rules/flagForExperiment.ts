import type { Prisma } from '../../../database/generated/client.ts'
import { checkPercentage, fieldsOf } from '../../featureFlags/rules/filterValues.ts'
import { variantsOf } from '../../featureFlags/rules/variants.ts'
import { filterPayloads, filterVariants, type GivenVariant } from './variantInputs.ts'

const defaultVariants: readonly GivenVariant[] = [
  { key: 'control', name: 'Control Group', rolloutPercentage: 50 },
  { key: 'test', name: 'Test Variant', rolloutPercentage: 50 },
]

interface ForExperiment {
  experimentName: string
  /** Null or none: control and test, half each. */
  variants: readonly GivenVariant[] | null
  /** The share of people who enter, in per cent. */
  rolloutPercentage: number
  holdout: { id: number; filters: unknown } | null
}

/** Name and filters of the flag that is made for an experiment (experiments.md 2). */
export function flagForExperiment({ experimentName, variants, rolloutPercentage, holdout }: ForExperiment): {
  name: string
  filters: Prisma.InputJsonObject
} {
  const given = variants === null || variants.length === 0 ? defaultVariants : variants
  const payloads = filterPayloads(given)
  return {
    name: `Feature Flag for Experiment ${experimentName}`,
    filters: {
      groups: [{ properties: [], rollout_percentage: rolloutPercentage }],
      multivariate: { variants: filterVariants(given) },
      holdout: holdout === null ? null : { id: holdout.id, exclusion_percentage: excluded(holdout.filters) },
      ...(payloads === null ? {} : { payloads }),
    },
  }
}

/** The percentage of people that a holdout keeps out: that of its first filter, 0 where it is none. */
function excluded(filters: unknown): number {
  const [first] = Array.isArray(filters) ? filters : []
  const percentage = fieldsOf(first)?.rollout_percentage
  return typeof percentage === 'number' && checkPercentage([], percentage).length === 0 ? percentage : 0
}

/** Why a flag cannot serve an experiment, in the reference's words; `control` need not be first (experiments.md 8.1). */
export function experimentFlagFaults(filters: unknown): string[] {
  const keys = variantsOf(filters).map(({ key }) => key)
  return [
    ...(keys.length >= 2 ? [] : ['Feature flag must have at least 2 variants (control and at least one test variant)']),
    ...(keys.includes('control') ? [] : ["Feature flag must have a variant with key 'control'"]),
  ]
}
