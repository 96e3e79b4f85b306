import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { Prisma } from '../db/generated/client.ts'
import { sharedLoaderByParent } from '../db/loaders.ts'

// Which flags an experiment may use (experiments.md 3). What a flag's own row tells is a column that the database generates
// (`experiment_ineligibility` in the migrations), {} for "nothing against it"; who else uses the flag is the view
// `internal_flag_uses`. The list, its index and the reasons all read these two.

/** Holds for the rows of `feature_flags f` that an experiment may use, unless something else uses them. To the letter that of the indexes. */
export const isEligible = Prisma.sql`f.ineligibility = '{}'`

/**
 * The flags that surveys and product tours made for themselves. OFFSET 0 keeps the look-up from becoming a join, for which PostgreSQL would
 * read all that the surveys and tours of a project use, for each page of its flags (25 ms against 0.3 ms).
 */
export const usedInternally = {
  unless: Prisma.sql`NOT EXISTS (SELECT FROM internal_flag_uses u WHERE u.project_id = f.project_id AND u.feature_flag_id = f.id OFFSET 0)`,
  ids: (project: Prisma.Sql) => Prisma.sql`SELECT u.feature_flag_id FROM internal_flag_uses u WHERE u.project_id = ${project}`,
}

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

type Reason = typeof IneligibilityReason.$inferType

export const ExperimentEligibility = builder.objectRef<{ reasons: Reason[] }>('ExperimentEligibility').implement({
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

// OFFSET 0, as above: as a join it read every survey and tour there is.
const internalUses = sharedLoaderByParent<{ parentId: number; reason: Reason }>(
  (_context, flagIds) => Prisma.sql`
    SELECT DISTINCT f.id AS "parentId", u.reason
    FROM feature_flags f CROSS JOIN LATERAL (
      SELECT u.reason FROM internal_flag_uses u WHERE u.project_id = f.project_id AND u.feature_flag_id = f.id OFFSET 0
    ) AS u
    WHERE f.id = ANY (${flagIds}::int[])
    ORDER BY f.id, u.reason DESC`,
)

/** Why an experiment may not use this flag; no reasons when it may. */
export async function eligibilityOf(context: Context, flag: { id: number; ineligibility: string[] }): Promise<{ reasons: Reason[] }> {
  const uses = await internalUses(context).load(flag.id)
  return { reasons: [...(flag.ineligibility as Reason[]), ...uses.map(({ reason }) => reason)] }
}
