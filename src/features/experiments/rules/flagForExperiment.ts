import { asArray, asObject } from '../../../platform/json.ts'
import type { VariantInput } from '../../featureFlags/rules/typedFilters.ts'
import { readPercentage } from '../../featureFlags/rules/variants.ts'
import { exclusionPercentage } from '../../holdouts/rules/holdoutFilters.ts'
import { toFilterPayloads, toFilterVariants } from './variantInputs.ts'

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
      holdout: flagHoldout(holdout),
      ...(payloads === null ? {} : { payloads }),
    },
  }
}

/** Returns the holdout in the form of a flag's `filters`. */
export function flagHoldout(holdout: { id: number; filters: unknown } | null) {
  return holdout === null ? null : { id: holdout.id, exclusion_percentage: exclusionPercentage(holdout.filters) ?? 0 }
}

/** Returns the percentage of the first condition set. Null if there is no set, or it or its percentage is malformed. */
export function firstPercentage(conditionSets: unknown): number | null {
  const first = asObject(asArray(conditionSets)?.[0])
  return first === null ? null : readPercentage(first.rollout_percentage, 100)
}
