import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Context } from '../context.ts'
import { isStorableId } from '../globalId.ts'

/**
 * Reads rows by id, those that are asked for in one tick in one statement; null for an id that has none. One loader a request.
 *
 * @param find the rows of these ids that may be seen, in any order
 */
export function loaderById<Row extends { id: number }>(
  find: (context: Context, ids: number[]) => Promise<Row[]>,
): (context: Context) => DataLoader<number, Row | null> {
  return loader(async (context, ids) => {
    const rows = new Map((await find(context, ids)).map((row) => [row.id, row]))
    return (id) => rows.get(id) ?? null
  })
}

/**
 * Reads the rows that belong to a parent, those of all parents that are asked about in one tick in one statement. One loader a request.
 *
 * @param find the rows of these parents, in the order they are to be in
 */
export function loaderByParent<Row extends { parentId: number }>(
  find: (context: Context, parentIds: number[]) => Promise<Row[]>,
): (context: Context) => DataLoader<number, Row[]> {
  return loader(async (context, parentIds) => {
    const rows = Map.groupBy(await find(context, parentIds), ({ parentId }) => parentId)
    return (parentId) => rows.get(parentId) ?? []
  })
}

function loader<Found>(read: (context: Context, ids: number[]) => Promise<(id: number) => Found>) {
  return createContextCache(
    (context: Context) =>
      new DataLoader(async (ids: readonly number[]) => {
        const found = await read(context, ids.filter(isStorableId))
        return ids.map(found)
      }),
  )
}
