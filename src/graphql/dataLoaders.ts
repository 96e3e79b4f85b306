import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Prisma } from '../database/generated/client.ts'
import { coalescedRows, toBatchQuery } from '../database/queryCoalescer.ts'
import { isInt4 } from '../platform/globalId.ts'
import type { Context } from './context.ts'

// Each request has its own loaders, which cache its rows. The loads of one tick share one statement.

/**
 * Creates a loader of rows by id. It returns null for an id without a row.
 *
 * @param find returns the rows with these ids that the viewer may see, in any order
 */
export function loaderById<Row extends { id: number }>(
  find: (context: Context, ids: number[]) => Promise<Row[]>,
): (context: Context) => DataLoader<number, Row | null> {
  return createLoader(async (context, ids) => {
    const rows = new Map((await find(context, ids)).map((row) => [row.id, row]))
    return (id) => rows.get(id) ?? null
  })
}

/**
 * Creates a loader of the rows that belong to a parent.
 *
 * @param find returns the rows of these parents, in their final order
 */
export function loaderByParent<Row extends { parentId: number }>(
  find: (context: Context, parentIds: number[]) => Promise<Row[]>,
): (context: Context) => DataLoader<number, Row[]> {
  return createLoader(async (context, parentIds) => {
    const rows = Map.groupBy(await find(context, parentIds), ({ parentId }) => parentId)
    return (parentId) => rows.get(parentId) ?? []
  })
}

/**
 * Creates a loader of rows by id that shares its statement with concurrent requests (`coalescedRows`). It returns null for an id without a row.
 *
 * @param statement selects the rows with these ids that the viewer may see. The viewer's rights must be among its values.
 */
export function coalescedLoaderById<Row extends { id: number }>(
  statement: (context: Context, ids: number[]) => Prisma.Sql,
): (context: Context) => DataLoader<number, Row | null> {
  return createLoader(async (context, ids) => {
    const rows = await coalescedRows<Row>(
      context,
      toBatchQuery((all) => statement(context, all)),
      ids,
      'id',
    )
    return (id) => rows.get(id)?.[0] ?? null
  })
}

/**
 * Creates a loader of the rows that belong to a parent. It shares its statement with concurrent requests (`coalescedRows`).
 *
 * @param statement selects the rows of these parents, each with its `parentId`, in their final order
 */
export function coalescedLoaderByParent<Row extends { parentId: number }>(
  statement: (context: Context, parentIds: number[]) => Prisma.Sql,
): (context: Context) => DataLoader<number, Row[]> {
  return createLoader(async (context, parentIds) => {
    const rows = await coalescedRows<Row>(
      context,
      toBatchQuery((all) => statement(context, all)),
      parentIds,
      'parentId',
    )
    return (parentId) => rows.get(parentId) ?? []
  })
}

function createLoader<Found>(loadByIds: (context: Context, ids: number[]) => Promise<(id: number) => Found>) {
  return createContextCache(
    (context: Context) =>
      new DataLoader(async (ids: readonly number[]) => {
        const found = await loadByIds(context, ids.filter(isInt4))
        return ids.map(found)
      }),
  )
}
