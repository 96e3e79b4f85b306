import { Prisma } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'

// Which flags an experiment may use (experiments.md 3) is a column that the database generates (`experiment_ineligibility` in the migrations):
// every reason against it, {} for none. The list, its indexes and the reasons all read this one.

/** Holds for the rows of `feature_flags f` that an experiment may use. To the letter that of the indexes. */
export const eligibleSql = Prisma.sql`f.ineligibility = '{}'`

const IneligibilityReason = builder.enumType('IneligibilityReason', {
  description: 'Why an experiment may not use a flag.',
  values: {
    DELETED: { description: 'The flag is deleted.' },
    NOT_MULTIVARIATE: { description: 'The flag has no list of variants: it is boolean, or its `filters` are malformed.' },
    TOO_FEW_VARIANTS: { description: 'The flag has fewer than two variants.' },
    CONTROL_NOT_FIRST: { description: 'The key of the first variant is not exactly `control`.' },
    USED_BY_SURVEY: { description: 'A survey made the flag for itself: to target people, or to sample responses.' },
    USED_BY_PRODUCT_TOUR: { description: 'A product tour, perhaps an archived one, made the flag for itself.' },
  } as const,
})

type IneligibilityReasonName = typeof IneligibilityReason.$inferType

export const ExperimentEligibility = builder.objectRef<{ reasons: IneligibilityReasonName[] }>('ExperimentEligibility').implement({
  description:
    'Whether an experiment may use a flag. A flag in `eligibleFeatureFlags` has no reason against it. Needs a key with the scope ' +
    '`feature_flag:read`, as its flag does.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    eligible: t.boolean({ description: 'Whether there is no reason against it.', resolve: ({ reasons }) => reasons.length === 0 }),
    reasons: t.expose('reasons', {
      type: [IneligibilityReason],
      description: 'Every reason against it: what the flag itself tells first, then who else uses it; empty when the flag is eligible.',
    }),
  }),
})

/** Why an experiment may not use this flag; no reasons when it may. */
export const toEligibility = ({ ineligibility }: { ineligibility: string[] }) => ({ reasons: ineligibility as IneligibilityReasonName[] })
