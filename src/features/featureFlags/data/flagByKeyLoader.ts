import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { visibleProjects } from '../../../auth/visibility.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { isStorableText } from '../../../platform/textValidation.ts'
import { type FlagRow, flagLoader, flagSelect } from './flagLoaders.ts'

/** Names a flag as applications do: its key, in its project. */
export interface FlagKeyRef {
  projectId: number
  key: string
}

const toCacheKey = ({ projectId, key }: FlagKeyRef) => `${projectId} ${key}`

/** The flags of this request that the viewer may see, by their keys; one statement for those asked for in one tick. A deleted flag has no key. */
export const flagByKeyLoader = createContextCache(
  (context: Context) =>
    new DataLoader<FlagKeyRef, FlagRow | null, string>(
      async (flagKeys) => {
        // Asked before the rows are: who may read no flags learns nothing of which there are.
        const viewer = requireScope(context, 'feature_flag:read')
        const projects = Map.groupBy(
          flagKeys.filter(({ projectId, key }) => isInt4(projectId) && isStorableText(key)),
          ({ projectId }) => projectId,
        )
        const OR = [...projects].map(([projectId, flags]) => ({ projectId, key: { in: flags.map(({ key }) => key) } }))
        const rows = await context.db.featureFlag.findMany({
          where: { OR, deleted: false, project: visibleProjects(viewer) },
          select: flagSelect(),
        })
        for (const row of rows) flagLoader(context).prime(row.id, row)
        const rowsByKey = new Map(rows.map((row) => [toCacheKey(row), row]))
        return flagKeys.map((flag) => rowsByKey.get(toCacheKey(flag)) ?? null)
      },
      { cacheKeyFn: toCacheKey },
    ),
)
