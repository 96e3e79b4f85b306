import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { coalesceQuery } from '../../../database/queryCoalescer.ts'
import { anyLengthSql, selectColumns } from '../../../database/sql.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import { declaredColumns } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import type { RowSelection } from '../../../graphql/prefetch.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { isStorableText } from '../../../platform/textValidation.ts'
import { type FlagRow, flagLoader } from './flagLoaders.ts'

/** Identifies a flag as applications do: by its project and key. */
export interface FlagKeyRef {
  projectId: number
  key: string
  /** What its selected fields need, if the caller knows it. All columns by default. */
  selection?: RowSelection | undefined
}

/** A row that was read for one selection lacks what another one needs, so it is not cached. */
const toCacheKey = (flag: FlagKeyRef) => (flag.selection === undefined ? toName(flag) : flag)

/**
 * The loader of flags by key, for the flags that the viewer may see. The loads of one tick, and those of concurrent requests, share one
 * statement. Deleted flags are not found. Loading fails with a ForbiddenError when the key does not hold the scope `feature_flag:read`.
 */
export const flagByKeyLoader = createContextCache(
  (context: Context) =>
    new DataLoader<FlagKeyRef, FlagRow | null, string | FlagKeyRef>((wanted) => loadFlagsByKey(context, wanted), {
      cacheKeyFn: toCacheKey,
    }),
)

async function loadFlagsByKey(context: Context, wanted: readonly FlagKeyRef[]): Promise<(FlagRow | null)[]> {
  // The scope is checked first, so that a key without it cannot find out which flags exist.
  const viewer = requireScope(context, 'feature_flag:read')
  const [only, ...others] = wanted
  // Several flags are read with all columns: another field may ask for one of them by its number.
  const selection = (others.length === 0 ? only?.selection : undefined) ?? wholeRows()
  const names = wanted.flatMap(({ projectId, key }) => (isInt4(projectId) && isStorableText(key) ? [toName({ projectId, key })] : []))
  if (names.length === 0) return wanted.map(() => null)
  const toSql = (asked: readonly string[]) => flagsByKeySql(selection, visibleProjectSql(viewer, Prisma.sql`f.project_id`), asked)
  const { text, values } = toSql([])
  const flags = await coalesceQuery(context, `${text}\n${JSON.stringify(values)}`, names, async (asked) => {
    const rows = await context.db.queryRows<FlagRow & { place: number }>(toSql(asked))
    return new Map(rows.map(({ place, ...row }) => [asked[place], row]))
  })
  const found = wanted.map((flag) => flags.get(toName(flag)) ?? null)
  if (selection.isComplete) for (const row of found) if (row !== null) flagLoader(context).prime(row.id, row)
  return found
}

const toName = ({ projectId, key }: Pick<FlagKeyRef, 'projectId' | 'key'>) => `${projectId} ${key}`
const projectOf = (name: string) => Number(name.slice(0, name.indexOf(' ')))
const keyOf = (name: string) => name.slice(name.indexOf(' ') + 1)

function flagsByKeySql({ columns, source }: RowSelection, isVisible: Prisma.Sql, names: readonly string[]): Prisma.Sql {
  const { json, joins } = source.prefetch ?? { json: Prisma.sql`NULL::json`, joins: Prisma.empty }
  return Prisma.sql`
    SELECT page.*, ${json} AS prefetched FROM (
      SELECT wanted.place, ${selectColumns(columns, 'f')}
      FROM unnest(${anyLengthSql(
        names.map((_, place) => place),
        'int',
      )}, ${anyLengthSql(names.map(projectOf), 'int')}, ${anyLengthSql(names.map(keyOf), 'text')})
        AS wanted (place, project_id, key)
      JOIN feature_flags f ON f.project_id = wanted.project_id AND f.key = wanted.key AND NOT f.deleted
      WHERE ${isVisible}
    ) AS page ${joins}`
}

function wholeRows(): RowSelection {
  const columns = declaredColumns('FeatureFlag')
  return { columns, isComplete: true, source: { columns: selectColumns(columns, 'f'), prefetch: undefined } }
}
