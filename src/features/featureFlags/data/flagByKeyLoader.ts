import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { visibleProjects } from '../../../auth/visibility.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { isStorableText } from '../../../platform/textValidation.ts'
import { type FlagRow, flagLoader, flagSelect } from './flagLoaders.ts'

/** Identifies a flag as applications do: by its project and key. */
export interface FlagKeyRef {
  projectId: number
  key: string
}

const toCacheKey = ({ projectId, key }: FlagKeyRef) => `${projectId} ${key}`

/**
 * The loader of flags by key, for the flags that the viewer may see. The loads of one tick share one statement. Deleted flags are not found.
 * Loading fails with a ForbiddenError when the key does not hold the scope `feature_flag:read`.
 */
export const flagByKeyLoader = createContextCache(
  (context: Context) =>
    new DataLoader<FlagKeyRef, FlagRow | null, string>(
      async (flagKeys) => {
        // The scope is checked first, so that a key without it cannot find out which flags exist.
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
