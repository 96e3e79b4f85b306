import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { requireViewer } from '../auth/require.ts'
import { visibleProjects } from '../auth/viewer.ts'
import type { Context } from '../context.ts'
import type { FeatureFlag } from '../db/generated/client.ts'

/** The flags of this request that the viewer may see, by id; lists put what they read into it. */
export const flagRows = createContextCache(
  (context: Context) =>
    new DataLoader(async (ids: readonly number[]): Promise<(FeatureFlag | null)[]> => {
      const flags = await context.db.featureFlag.findMany({
        where: { id: { in: [...ids] }, project: visibleProjects(requireViewer(context)) },
      })
      const byId = new Map(flags.map((flag) => [flag.id, flag]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
)
