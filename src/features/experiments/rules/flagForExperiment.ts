import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { validatePercentage } from '../../featureFlags/rules/validateConditionSets.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { findMissingVariants, toFilterPayloads, toFilterVariants, type VariantInput } from './variantInputs.ts'

const defaultVariants: readonly VariantInput[] = [
  { key: 'control', name: 'Control Group', rolloutPercentage: 50 },
  { key: 'test', name: 'Test Variant', rolloutPercentage: 50 },
]

interface FlagForExperimentOptions {
  experimentName: string
  /** Null or none: control and test, half each. */
  variants: readonly VariantInput[] | null
  /** The share of people who enter, in per cent. */
  rolloutPercentage: number
  holdout: { id: number; filters: unknown } | null
}

/** Name and filters of the flag that is made for an experiment (experiments.md 2). */
export function flagForExperiment({ experimentName, variants, rolloutPercentage, holdout }: FlagForExperimentOptions): {
  name: string
  filters: Prisma.InputJsonObject
} {
  const flagVariants = variants === null || variants.length === 0 ? defaultVariants : variants
  const payloads = toFilterPayloads(flagVariants)
  return {
    name: `Feature Flag for Experiment ${experimentName}`,
    filters: {
      groups: [{ properties: [], rollout_percentage: rolloutPercentage }],
      multivariate: { variants: toFilterVariants(flagVariants) },
      holdout: holdout === null ? null : { id: holdout.id, exclusion_percentage: exclusionPercentage(holdout.filters) },
      ...(payloads === null ? {} : { payloads }),
    },
  }
}

/** The percentage of people that a holdout keeps out: that of its first filter, 0 where it is none. */
function exclusionPercentage(filters: unknown): number {
  const [first] = asArray(filters) ?? []
  const percentage = asObject(first)?.rollout_percentage
  return typeof percentage === 'number' && validatePercentage([], percentage).length === 0 ? percentage : 0
}

/** Why a flag cannot serve an experiment. */
export function validateExperimentFlag(filters: unknown): string[] {
  return findMissingVariants(getVariants(filters).map(({ key }) => key))
}
