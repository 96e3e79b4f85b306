import { Prisma } from '../../../database/generated/client.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { flagSortOrder } from '../data/list/flagOrder.ts'
import { FeatureFlag } from '../FeatureFlag.ts'
import { FeatureFlagConnection, readFlagsPage } from '../FeatureFlagConnection.ts'

/** The flags with a condition on a flag `named`. */
const dependentFlags = {
  from: Prisma.sql`feature_flags named JOIN feature_flags f
    ON f.project_id::bigint = named.project_id::bigint AND f.facts && ARRAY['needs:' || named.id, 'needs:' || named.key]`,
  id: Prisma.sql`f.id`,
  parent: Prisma.sql`named.id`,
  where: [Prisma.sql`NOT f.deleted`],
}

builder.objectField(FeatureFlag, 'dependents', (t) =>
  t.field({
    type: FeatureFlagConnection,
    description:
      'The flags with a condition on this flag, the newest first, with the archived ones, and the flag itself if it names itself. A flag that ' +
      'depends on it through another flag is not among them. `BAD_USER_INPUT` names the wrong argument.',
    args: { active: t.arg.boolean({ description: 'Only flags that are on (true), or off (false).' }), ...pageArguments },
    listSize: pageListSize,
    select: [],
    resolve: ({ id }, { active, ...page }, context, info) => {
      const where = active == null ? dependentFlags.where : [...dependentFlags.where, Prisma.sql`f.active = ${active}`]
      return readFlagsPage(context, info, id, { ...dependentFlags, where }, flagSortOrder('dependents', null), page)
    },
  }),
)
