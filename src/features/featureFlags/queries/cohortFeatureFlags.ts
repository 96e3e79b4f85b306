import { Prisma } from '../../../database/generated/client.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { Cohort } from '../../cohorts/Cohort.ts'
import { FeatureFlagConnection, readFlagsPage } from '../FeatureFlagConnection.ts'

/**
 * The flags whose conditions name a cohort. Its number may also stand in flags of other projects, where it is of no cohort. The project is
 * compared as a bigint, as the index of cohorts has it. No other index fits then.
 */
const cohortFlags = {
  from: Prisma.sql`cohorts c JOIN feature_flags f ON f.project_id::bigint = c.project_id::bigint AND f.condition_cohort_ids @> ARRAY[c.id]`,
  id: Prisma.sql`f.id`,
  parent: Prisma.sql`c.id`,
  where: [Prisma.sql`NOT f.deleted`],
  isConstant: true,
}

const order = newestFirst('cohort.featureFlags', Prisma.sql`f.created_at`)

builder.objectField(Cohort, 'featureFlags', (t) =>
  t.field({
    type: FeatureFlagConnection,
    description:
      'The flags with a condition on this cohort, the newest first, with those that are off or archived. `BAD_USER_INPUT` names the wrong argument.',
    args: pageArguments,
    listSize: pageListSize,
    resolve: ({ id }, args, context, info) => readFlagsPage(context, info, id, cohortFlags, order, args),
  }),
)
