import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { type SortOrder, textKey } from '../../../database/keyset/sortOrder.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { pageListSize, shortListSize } from '../../../graphql/listSizes.ts'
import { inProjectsSql, projectIdsSchema } from '../../projects/projectIds.ts'
import { Organization } from '../../users/Organization.ts'
import { flagsOfKeyLoader, maxFlagsOfKey, type OrganizationKey } from '../data/flagsOfKeyLoader.ts'
import { FeatureFlag } from '../FeatureFlag.ts'

const FeatureFlagKey = builder.objectRef<OrganizationKey>('FeatureFlagKey').implement({
  description: 'A key, and the flags that have it in the projects of an organization. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    key: t.exposeString('key', { description: 'The name that applications use.' }),
    flags: t.field({
      type: [FeatureFlag],
      listSize: shortListSize,
      description:
        `The flags with this key that are not deleted, in the projects that the viewer can see: at most ${maxFlagsOfKey}, the oldest ` +
        'project first.',
      resolve: ({ organizationId, key }, _args, context) => flagsOfKeyLoader(context).load({ organizationId, key }),
    }),
  }),
})

const FeatureFlagKeyConnection = builder.connectionObject(
  { type: FeatureFlagKey, name: 'FeatureFlagKeyConnection', description: 'A page of the keys of flags.' },
  { name: 'FeatureFlagKeyEdge', description: 'A key of flags on a page.' },
)

const order: SortOrder = {
  name: 'featureFlagKeys by KEY ASC',
  direction: 'ASC',
  keyType: textKey,
  expression: Prisma.sql`k.key`,
}

builder.objectField(Organization, 'featureFlagKeys', (t) =>
  t.field({
    type: FeatureFlagKeyConnection,
    description:
      'The keys of the flags in the projects of the organization, each once and ordered by code point. Archived flags count, deleted ones ' +
      'do not. Needs a key with the scope `feature_flag:read` too. Without it, leave the field out: its error makes the nearest nullable ' +
      'parent null. `BAD_USER_INPUT` names the wrong argument.',
    authScopes: { scope: 'feature_flag:read' },
    args: {
      search: t.arg.string({
        description: 'Only keys that contain this text: at most 400 characters. Case does not matter.',
        validate: boundedText(400).nullish(),
      }),
      projectIds: t.arg.idList({
        description: 'Only keys in these projects: at most 100 global ids or numbers. An empty list matches nothing.',
        validate: projectIdsSchema,
      }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: ({ id }, args, context) => {
      const { scopedProjects } = requireScope(context, 'feature_flag:read')
      const conditions = [Prisma.sql`true`]
      if (scopedProjects.length > 0) conditions.push(Prisma.sql`p.id = ANY (${[...scopedProjects]}::int[])`)
      if (args.projectIds != null) conditions.push(inProjectsSql(Prisma.sql`p.id`, args.projectIds))
      if (args.search) conditions.push(Prisma.sql`f.key ILIKE ${likePattern(args.search)}`)
      const rows = {
        from: Prisma.sql`(
          SELECT p.organization_id, f.key COLLATE "C" AS key, min(f.id) AS id
          FROM projects p JOIN feature_flags f ON f.project_id = p.id AND NOT f.deleted
          WHERE ${Prisma.join(conditions, ' AND ')}
          GROUP BY p.organization_id, f.key COLLATE "C"
        ) AS k`,
        columns: Prisma.sql`k.id, k.key, k.organization_id::text AS "organizationId"`,
        id: Prisma.sql`k.id`,
        parent: Prisma.sql`k.organization_id`,
        parentType: 'uuid' as const,
        where: [Prisma.sql`true`],
      }
      return readConnection<OrganizationKey & KeysetRow>(context, id, rows, order, args)
    },
  }),
)
