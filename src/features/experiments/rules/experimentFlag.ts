import { getVariants } from '../../featureFlags/rules/variants.ts'
import { findMissingVariants } from './variantInputs.ts'

/**
 * Returns why no experiment can use a flag with these filters. The rule is that of `experimentEligibility` with a baseline: it need not be
 * first (experiments.md 8.1).
 *
 * @param isMalformed whether the rule of the database found malformed values
 * @param baselineKey null if the baseline is checked elsewhere
 */
export function flagProblems(filters: unknown, isMalformed: boolean, baselineKey: string | null): string[] {
  const keys = getVariants(filters).map(({ key }) => key)
  return [...findMissingVariants(keys, baselineKey), ...(isMalformed ? [malformedFlag] : [])]
}

export const malformedFlag = 'The filters of the feature flag are malformed: see experimentEligibility.'

/** The reason of `experiment_ineligibility` for malformed values. */
export const malformedReason = 'MALFORMED_FILTERS'
