import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Prisma } from '../database/generated/client.ts'
import { coalescedRows, toBatchQuery } from '../database/queryCoalescer.ts'
import { isInt4 } from '../platform/globalId.ts'
import type { Context } from './context.ts'

// One loader a request: it remembers what the request has read. What is asked for in one tick takes one statement.

/**
 * Reads rows by id; null for an id that has none.
 *
 * @param find the rows of these ids that may be seen, in any order
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
 * Reads the rows that belong to a parent.
 *
 * @param find the rows of these parents, in the order they are to be in
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
 * Reads rows by id with a statement that requests share (`rowsTogether`); null for an id that has none.
 *
 * @param statement finds the rows of these ids that may be seen: who may see them is among its values
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
 * Reads the rows that belong to a parent with a statement that requests share (`rowsTogether`).
 *
 * @param statement finds the rows of these parents, each with its `parentId`, in the order they are to be in
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
