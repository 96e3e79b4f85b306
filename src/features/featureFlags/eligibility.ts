import { Prisma } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { hasBaseline } from './rules/baseline.ts'
import { getVariants } from './rules/variants.ts'

// The rule for eligible flags (experiments.md 3) is a generated column: `ineligibility`, from the function `experiment_ineligibility` in the
// migrations. It holds every reason against the flag, or {}. The list, its indexes and the reasons all use this column.

/** A condition on `feature_flags f`: the flag is eligible. It must equal the predicate of the partial indexes, or they are not used. */
export const eligibleSql = Prisma.sql`f.ineligibility = '{}'`

const IneligibilityReason = builder.enumType('IneligibilityReason', {
  description: 'Why an experiment may not use a flag.',
  values: {
    DELETED: { description: 'The flag is deleted.' },
    NOT_MULTIVARIATE: { description: 'The flag has no list of variants: it is boolean, or its `multivariate` is malformed.' },
    TOO_FEW_VARIANTS: { description: 'The flag has fewer than two variants.' },
    CONTROL_NOT_FIRST: { description: 'The key of the first variant is not exactly `control`. Only if no baseline was asked for.' },
    BASELINE_MISSING: { description: 'No variant has the key `baselineVariantKey`.' },
    MALFORMED_FILTERS: {
      description:
        'The `filters` hold a value of the wrong type: a percentage that is no number from 0 to 100, a variant without a key, or ' +
        'condition sets, payloads or a holdout of another form.',
    },
    USED_BY_SURVEY: { description: 'A survey created the flag for its own use: to target people, or to sample responses.' },
    USED_BY_PRODUCT_TOUR: { description: 'A product tour, possibly an archived one, created the flag for its own use.' },
  } as const,
})

type IneligibilityReasonName = typeof IneligibilityReason.$inferType

export const ExperimentEligibility = builder.objectRef<{ reasons: IneligibilityReasonName[] }>('ExperimentEligibility').implement({
  description:
    'Whether an experiment may use a flag. The flags in `eligibleFeatureFlags` are the eligible ones. Needs a key with the scope ' +
    '`feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    eligible: t.boolean({
      description: 'Whether an experiment may use the flag: true when `reasons` is empty.',
      resolve: ({ reasons }) => reasons.length === 0,
    }),
    reasons: t.expose('reasons', {
      type: [IneligibilityReason],
      description:
        'Every reason against the flag. Reasons in the flag itself come first, then its other uses. Empty when the flag is eligible.',
    }),
  }),
})

/** Converts the column of a flag to its `ExperimentEligibility`. */
export const toEligibility = ({ ineligibility }: { ineligibility: string[] }) => ({ reasons: ineligibility as IneligibilityReasonName[] })

/** The same for an experiment with this baseline, which any variant can be. Only the reason about `control` differs. */
export function toEligibilityWithBaseline(ineligibility: string[], filters: unknown, baselineKey: string) {
  const keys = getVariants(filters).map(({ key }) => key)
  const isMissing = !ineligibility.includes('NOT_MULTIVARIATE') && !hasBaseline(keys, baselineKey)
  const [ofFlag, others] = [inFlag, ineligibility.filter((reason) => !inFlag.includes(reason) && reason !== 'CONTROL_NOT_FIRST')]
  const reasons = [...ofFlag.filter((reason) => ineligibility.includes(reason)), ...(isMissing ? ['BASELINE_MISSING'] : []), ...others]
  return toEligibility({ ineligibility: reasons })
}

/** The reasons that come before the one about the baseline. */
const inFlag = ['DELETED', 'NOT_MULTIVARIATE', 'TOO_FEW_VARIANTS']
