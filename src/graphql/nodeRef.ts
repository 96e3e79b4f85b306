import { integerIdPattern, isInt4, nodeIdPatterns } from '../platform/globalId.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'

/**
 * A type that `node` reads by a serial number of the database.
 *
 * @param load returns the rows with these ids that the viewer may see, in any order
 * @param cacheResolved whether rows that other fields return are put into the loader
 */
export function nodeRef<Row extends { id: number }>(
  name: string,
  load: (context: Context, ids: number[]) => Promise<(Row | null)[]>,
  { cacheResolved = false } = {},
) {
  nodeIdPatterns.set(name, integerIdPattern)
  return builder.loadableNodeRef(name, {
    id: { resolve: ({ id }: Row) => id, parse: Number },
    load: async (ids: number[], context: Context) => (await load(context, ids.filter(isInt4))).filter((row) => row !== null),
    toKey: ({ id }: Row) => id,
    sort: true,
    cacheResolved,
  })
}
