import { requireViewer } from '../auth/require.ts'
import { visibleProjectIds } from '../auth/viewer.ts'
import { columnsOf } from '../db/columns.ts'
import { type FeatureFlag, Prisma } from '../db/generated/client.ts'
import { sharedLoaderById } from '../db/loaders.ts'

const columns = columnsOf(Prisma.FeatureFlagScalarFieldEnum, 'f')

/** The flags of this request that the viewer may see, by id; lists put what they read into it. */
export const flagRows = sharedLoaderById<FeatureFlag>(
  (context, ids) => Prisma.sql`
    SELECT ${columns} FROM feature_flags f
    WHERE f.id = ANY (${ids}::int[]) AND f.project_id IN ${visibleProjectIds(requireViewer(context))}`,
)
