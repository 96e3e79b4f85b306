import { visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { coalescedLoaderByParent } from '../../../graphql/dataLoaders.ts'
import { shortListSize } from '../../../graphql/listSizes.ts'
import { FeatureFlag } from '../FeatureFlag.ts'

/** How many flags of the same key are shown. */
const maxFlags = 100

// By the projects of the organization, and in each by the index of keys.
const sameKeyLoader = coalescedLoaderByParent<{ parentId: number; id: number }>(
  (context, ids) => Prisma.sql`
    SELECT f.id AS "parentId", other.id
    FROM feature_flags f
    CROSS JOIN LATERAL (
      SELECT o.id FROM projects p JOIN feature_flags o ON o.project_id = p.id AND o.key = f.key AND NOT o.deleted
      WHERE p.organization_id = (SELECT own.organization_id FROM projects own WHERE own.id = f.project_id) AND p.id <> f.project_id AND ${visibleProjectSql(requireViewer(context), Prisma.sql`p.id`)}
      ORDER BY p.id LIMIT ${maxFlags}
    ) AS other
    WHERE f.id = ANY (${ids}::int[])`,
)

builder.objectField(FeatureFlag, 'sameKeyElsewhere', (t) =>
  t.field({
    type: [FeatureFlag],
    listSize: shortListSize,
    description:
      'The flags with the same key in other projects of the organization that the viewer may read, ordered by the number of the project: at ' +
      `most ${maxFlags}. Deleted flags are left out.`,
    select: [],
    resolve: async ({ id }, _args, context) => (await sameKeyLoader(context).load(id)).map((other) => other.id),
  }),
)
