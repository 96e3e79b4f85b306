import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { visibleProjects } from '../../../auth/viewer.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { isStorableId } from '../../../platform/globalId.ts'
import { type FlagRow, flagRows, lightColumns } from './flagLoaders.ts'

/** Names a flag as applications do: its key, in its project. */
export interface FlagKey {
  projectId: number
  key: string
}

/** A text that PostgreSQL cannot hold is nobody's key. */
const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed()

const nameOf = ({ projectId, key }: FlagKey) => `${projectId} ${key}`

/** The flags of this request that the viewer may see, by their keys; one statement for those asked for in one tick. A deleted flag has no key. */
export const flagByKey = createContextCache(
  (context: Context) =>
    new DataLoader<FlagKey, FlagRow | null, string>(
      async (wanted) => {
        // Asked before the rows are: who may read no flags learns nothing of which there are.
        const viewer = requireScope(context, 'feature_flag:read')
        const projects = Map.groupBy(
          wanted.filter(({ projectId, key }) => isStorableId(projectId) && isStorable(key)),
          ({ projectId }) => projectId,
        )
        const OR = [...projects].map(([projectId, flags]) => ({ projectId, key: { in: flags.map(({ key }) => key) } }))
        const rows = await context.db.featureFlag.findMany({
          where: { OR, deleted: false, project: visibleProjects(viewer) },
          select: lightColumns,
        })
        for (const row of rows) flagRows(context).prime(row.id, row)
        const found = new Map(rows.map((row) => [nameOf(row), row]))
        return wanted.map((flag) => found.get(nameOf(flag)) ?? null)
      },
      { cacheKeyFn: nameOf },
    ),
)
