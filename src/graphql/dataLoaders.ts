import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { ReadPool } from '../database/client.ts'
import type { Prisma } from '../database/generated/client.ts'
import { coalescedRows } from '../database/queryCoalescer.ts'
import { toBatchQuery } from '../database/statements/statementTemplate.ts'
import { isInt4 } from '../platform/globalId.ts'
import type { Context } from './context.ts'

// Each request has its own loaders, which cache its rows. The loads of one tick share one statement.

type Loader<Value> = (context: Context) => DataLoader<number, Value>
type Find<Row> = (context: Context, ids: number[]) => Promise<Row[]>
type ClientOf = (context: Context) => ReadPool
type Statement = (context: Context, ids: number[]) => Prisma.Sql

/**
 * Creates a loader of rows by id. It returns null for an id without a row.
 *
 * @param find returns the rows with these ids that the viewer may see, in any order
 */
export function loaderById<Row extends { id: number }>(find: Find<Row>): Loader<Row | null> {
  return createLoader(async (context, ids) => Map.groupBy(await find(context, ids), ({ id }) => id), firstOrNull)
}

/**
 * Creates a loader of the rows that belong to a parent.
 *
 * @param find returns the rows of these parents, in their final order
 */
export function loaderByParent<Row extends { parentId: number }>(find: Find<Row>): Loader<Row[]> {
  return createLoader(async (context, ids) => Map.groupBy(await find(context, ids), ({ parentId }) => parentId), allRows)
}

/**
 * Creates a loader of rows by id that shares its statement with concurrent requests (`coalescedRows`). It returns null for an id without a row.
 *
 * @param statement selects the rows with these ids that the viewer may see. The viewer's rights must be among its values.
 * @param client where to read, if not where the fields of the request read
 */
export function coalescedLoaderById<Row extends { id: number }>(statement: Statement, client?: ClientOf): Loader<Row | null> {
  return createLoader((context, ids) => coalesce<Row>(context, statement, ids, 'id', client), firstOrNull)
}

/**
 * Creates a loader of the rows that belong to a parent. It shares its statement with concurrent requests (`coalescedRows`).
 *
 * @param statement selects the rows of these parents, each with its `parentId`, in their final order
 */
export function coalescedLoaderByParent<Row extends { parentId: number }>(statement: Statement): Loader<Row[]> {
  return createLoader((context, ids) => coalesce<Row>(context, statement, ids, 'parentId'), allRows)
}

/**
 * Creates loaders like `coalescedLoaderByParent`, one for each set of arguments of a field. Parents that are asked with equal arguments share a
 * statement.
 *
 * @typeParam Arguments plain JSON values
 */
export function coalescedLoadersByParent<Arguments, Row extends { parentId: number }>(
  statement: (args: Arguments, ids: number[]) => Prisma.Sql,
): (context: Context, args: Arguments) => DataLoader<number, Row[]> {
  const loadersOf = createContextCache((_context: Context) => new Map<string, Loader<Row[]>>())
  return (context, args) => {
    const loaders = loadersOf(context)
    const key = JSON.stringify(args)
    const loader = loaders.get(key) ?? coalescedLoaderByParent<Row>((_context, ids) => statement(args, ids))
    loaders.set(key, loader)
    return loader(context)
  }
}

function coalesce<Row extends object>(
  context: Context,
  statement: Statement,
  ids: number[],
  key: keyof Row & string,
  client: ClientOf = ({ db }) => db,
) {
  const query = toBatchQuery((all) => statement(context, all))
  return coalescedRows<Row>({ db: client(context), log: context.log }, query, ids, key)
}

const firstOrNull = <Row>(rows: readonly Row[] = []): Row | null => rows[0] ?? null
const allRows = <Row>(rows: Row[] = []): Row[] => rows

function createLoader<Row, Value>(
  find: (context: Context, ids: number[]) => Promise<ReadonlyMap<number, Row[]>>,
  toValue: (rows: Row[] | undefined) => Value,
): Loader<Value> {
  return createContextCache(
    (context: Context) =>
      new DataLoader(async (ids: readonly number[]) => {
        const rows = await find(context, ids.filter(isInt4))
        return ids.map((id) => toValue(rows.get(id)))
      }),
  )
}
