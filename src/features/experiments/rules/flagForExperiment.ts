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
  /** Null or an empty list for the default: `control` and `test`, 50 percent each. */
  variants: readonly VariantInput[] | null
  /** The share of people who enter the experiment, in percent. */
  rolloutPercentage: number
  holdout: { id: number; filters: unknown } | null
}

/** Returns the name and filters of a new flag for an experiment (experiments.md 2). */
export function flagForExperiment({ experimentName, variants, rolloutPercentage, holdout }: FlagForExperimentOptions) {
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

/** Returns the share of people that a holdout keeps out, in percent: that of its first filter, or 0 if it has no valid one. */
function exclusionPercentage(filters: unknown): number {
  const percentage = firstPercentage(filters)
  return percentage !== undefined && validatePercentage([], percentage).length === 0 ? percentage : 0
}

/** Returns the percentage of the first condition set, or undefined if it has none. */
export function firstPercentage(conditionSets: unknown): number | undefined {
  const [first] = asArray(conditionSets) ?? []
  const percentage = asObject(first)?.rollout_percentage
  return typeof percentage === 'number' ? percentage : undefined
}

/** Returns the reasons why an experiment cannot use a flag with these filters. */
export function validateExperimentFlag(filters: unknown): string[] {
  return findMissingVariants(getVariants(filters).map(({ key }) => key))
}
