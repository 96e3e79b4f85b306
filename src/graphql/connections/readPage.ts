import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Prisma } from '../../database/generated/client.ts'
import {
  countStatement,
  existsStatement,
  initialStrategy,
  type KeysetRange,
  type KeysetRow,
  type ListSource,
  type PageWindow,
  pageStatement,
  type RowId,
} from '../../database/keyset/pageQuery.ts'
import { nextStrategy, type SearchStrategy, usedStrategy } from '../../database/keyset/searchStrategy.ts'
import type { KeysetPosition, SortOrder } from '../../database/keyset/sortOrder.ts'
import { type BatchQuery, coalescedRows, toBatchQuery } from '../../database/queryCoalescer.ts'
import type { Context } from '../context.ts'

/** Reads the rows of a parent that are in a range and in a window of that range. */
export async function readPage<Row extends KeysetRow>(
  context: Context,
  parentId: RowId,
  rows: ListSource,
  ordering: SortOrder,
  range: KeysetRange,
  window: PageWindow,
): Promise<Row[]> {
  const read = (strategy: SearchStrategy) =>
    loadBatched<Row & { isAll?: boolean }>(context, parentId, rows, ['page', strategy, sortOrderKey(ordering), range, window], () =>
      pageStatement(rows, ordering, range, window, strategy),
    )
  const first = initialStrategy(rows, window.offset)
  let page = await read(first)
  for (
    let strategy = nextStrategy(usedStrategy(first, page), page.length, window.limit);
    strategy !== null;
    strategy = nextStrategy(strategy, page.length, window.limit)
  )
    page = await read(strategy)
  return window.backwards ? page.toReversed() : page
}

/** Counts the rows of a parent. It reads all of them from the index, so call it only if the count is selected. */
export async function countRows(context: Context, parentId: RowId, rows: ListSource): Promise<number> {
  const [answer] = await loadBatched<{ parentId: RowId; count: number }>(context, parentId, rows, ['count'], () => countStatement(rows))
  return answer?.count ?? 0
}

/** Whether any row is at or beyond a position. Without a position, whether there is any row. */
export async function hasRowsBeyond(
  context: Context,
  parentId: RowId,
  rows: ListSource,
  ordering: SortOrder,
  position: KeysetPosition | null,
  side: 'after' | 'before',
): Promise<boolean> {
  let strategy: SearchStrategy | null = initialStrategy(rows, 0)
  while (strategy !== null) {
    const now: SearchStrategy = strategy
    const what = ['any', now, sortOrderKey(ordering), position, side]
    const [answer] = await loadBatched<{ parentId: RowId; any: boolean }>(context, parentId, rows, what, () =>
      existsStatement(rows, ordering, position, side, now),
    )
    if (answer?.any) return true
    strategy = nextStrategy(strategy, 0, 1)
  }
  return false
}

/** Identifies an order among all orders of a list. */
const sortOrderKey = ({ name, asOf }: SortOrder) => [name, asOf?.getTime()]

/** How many statements of a list are cached. Each position in the list makes another statement. */
const maxCachedStatements = 100

type RowLoader = DataLoader<RowId, { parentId: RowId }[]>
const rowLoaders = createContextCache((_context: Context) => new Map<string, RowLoader>())

/**
 * Loads the rows that a statement finds for one parent, in one batch with the other parents of the same tick.
 *
 * @param queryKey identifies the statement among all statements of the list
 */
async function loadBatched<Row extends { parentId: RowId }>(
  context: Context,
  parentId: RowId,
  rows: ListSource,
  queryKey: unknown[],
  statement: () => (parentIds: readonly RowId[]) => Prisma.Sql,
): Promise<Row[]> {
  return (await getRowLoader(context, getBatchQuery(rows, queryKey, statement)).load(parentId)) as Row[]
}

function getBatchQuery(
  { statementCache }: ListSource,
  queryKey: unknown[],
  statement: () => (parentIds: readonly RowId[]) => Prisma.Sql,
): BatchQuery {
  if (statementCache === undefined) return toBatchQuery<RowId>(statement())
  const name = JSON.stringify(queryKey)
  const cached = statementCache.get(name)
  if (cached !== undefined) return cached
  const query = toBatchQuery<RowId>(statement())
  if (statementCache.size === maxCachedStatements) statementCache.clear()
  statementCache.set(name, query)
  return query
}

function getRowLoader(context: Context, query: BatchQuery): RowLoader {
  const loaders = rowLoaders(context)
  const rowLoader =
    loaders.get(query.key) ??
    new DataLoader(async (parentIds: readonly RowId[]) => {
      const rows = await coalescedRows<{ parentId: RowId }, RowId>(context, query, parentIds, 'parentId')
      return parentIds.map((id) => rows.get(id) ?? [])
    })
  loaders.set(query.key, rowLoader)
  return rowLoader
}
