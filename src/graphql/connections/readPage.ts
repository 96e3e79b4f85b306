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
import { coalescedRows } from '../../database/queryCoalescer.ts'
import { type BatchQuery, compileTemplate, keepTemplate, Slot } from '../../database/statements/statementTemplate.ts'
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
  const { limit, offset, backwards } = window
  const read = (strategy: SearchStrategy) =>
    loadBatched<Row & { isAll?: boolean }>(context, parentId, rows, {
      // An offset is a part of the text, and there are too many to keep.
      shape: offset > 0 ? null : shapeOf(ordering, ['page', strategy, limit, backwards, range.after !== null, range.before !== null]),
      positions: [range.after, range.before],
      build: ([after = null, before = null]) => pageStatement(rows, ordering, { after, before }, window, strategy),
    })
  const first = initialStrategy(rows, offset)
  let page = await read(first)
  for (
    let strategy = nextStrategy(usedStrategy(first, page), page.length, limit);
    strategy !== null;
    strategy = nextStrategy(strategy, page.length, limit)
  )
    page = await read(strategy)
  return backwards ? page.toReversed() : page
}

/** Counts the rows of a parent. It reads all of them from the index, so call it only if the count is selected. */
export async function countRows(context: Context, parentId: RowId, rows: ListSource): Promise<number> {
  const query = { shape: 'count', positions: [], build: () => countStatement(rows) }
  const [answer] = await loadBatched<{ parentId: RowId; count: number }>(context, parentId, rows, query)
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
    const [answer] = await loadBatched<{ parentId: RowId; any: boolean }>(context, parentId, rows, {
      shape: shapeOf(ordering, ['any', now, side, position !== null]),
      positions: [position],
      build: ([at = null]) => existsStatement(rows, ordering, at, side, now),
    })
    if (answer?.any) return true
    strategy = nextStrategy(strategy, 0, 1)
  }
  return false
}

/** Identifies the text of a statement among those of a list. Null if the order depends on a time, which is in its text. */
const shapeOf = ({ name, asOf }: SortOrder, parts: readonly (string | number | boolean)[]) =>
  asOf === undefined ? `${parts.join(' ')} ${name}` : null

interface ListQuery {
  /** Identifies the text among those of the list. Null if it need not be kept. */
  shape: string | null
  /** The values of the statement. Without them, its text is the same for each page. */
  positions: readonly (KeysetPosition | null)[]
  build(positions: readonly (KeysetPosition<Slot> | null)[]): (parentIds: readonly RowId[]) => Prisma.Sql
}

type RowLoader = DataLoader<RowId, { parentId: RowId }[]>
const rowLoaders = createContextCache((_context: Context) => new Map<string, RowLoader>())

/** Loads the rows that a statement finds for one parent, in one batch with the other parents of the same tick. */
async function loadBatched<Row extends { parentId: RowId }>(
  context: Context,
  parentId: RowId,
  { templates }: ListSource,
  { shape, positions, build }: ListQuery,
): Promise<Row[]> {
  const compile = () => build(positions.map((position, n) => position && { value: new Slot(2 * n), id: new Slot(2 * n + 1) }))
  const template = templates === undefined || shape === null ? compileTemplate(compile()) : keepTemplate(templates, shape, compile)
  const query = template.fill(positions.flatMap((position) => [position?.value, position?.id]))
  return (await getRowLoader(context, query).load(parentId)) as Row[]
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
