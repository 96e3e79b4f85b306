import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { selectRows } from '../../../graphql/prefetch.ts'
import { carriesSql } from '../../approvals/data/lists/coveringHoldouts.ts'
import type { FlagRow } from '../../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../featureFlags/FeatureFlag.ts'
import { FeatureFlagConnection } from '../../featureFlags/FeatureFlagConnection.ts'
import { loadCarriedHoldout } from '../data/holdoutLoaders.ts'
import { Holdout } from '../Holdout.ts'

const order = newestFirst('flags of holdouts', Prisma.sql`f.created_at`)

builder.objectField(Holdout, 'featureFlags', (t) =>
  t.field({
    type: FeatureFlagConnection,
    description:
      'The flags that carry the holdout and are not deleted, the newest first. Needs a key with the scope `feature_flag:read`. Without it, ' +
      'leave the field out: its error makes the nearest nullable parent null. `BAD_USER_INPUT` names the wrong argument.',
    args: pageArguments,
    authScopes: { scope: 'feature_flag:read' },
    listSize: pageListSize,
    resolve: (holdout, args, context, info) => {
      const rows = {
        from: Prisma.sql`feature_flags f JOIN holdouts h ON ${carriesSql}`,
        id: Prisma.sql`f.id`,
        parent: Prisma.sql`h.id`,
        where: [Prisma.sql`NOT f.deleted`],
        ...selectRows(info, context, 'FeatureFlag', 'f').source,
      }
      return readConnection<FlagRow & KeysetRow>(context, holdout.id, rows, order, args)
    },
  }),
)

builder.objectField(FeatureFlag, 'holdout', (t) =>
  t.field({
    type: Holdout,
    nullable: true,
    description:
      'The holdout whose people the flag keeps out. Null when it carries none, or one that no longer exists. Needs a key with the scope ' +
      '`experiment:read`. Without it, the field is null, with an error.',
    authScopes: { scope: 'experiment:read' },
    select: ['holdoutNumber'],
    resolve: (flag, _args, context) => (flag.holdoutNumber === null ? null : loadCarriedHoldout(context, flag.id)),
  }),
)
