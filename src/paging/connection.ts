import type { Context } from '../context.ts'
import { BadUserInputError } from '../errors/refusals.ts'
import { defaultPageSize, maxPageSize } from './bounds.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { anyAtOrBeyond, countRows, type Placed, type Range, type Rows, readPage } from './keyset.ts'
import type { Ordering } from './ordering.ts'

/** The arguments of a connection, each already within its bounds. */
export interface PageArguments {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
  offset?: number | null | undefined
}

/** A page of a list. What costs another statement is read only when it is asked for. */
export interface Page<Row> {
  edges: { cursor: string; node: Row }[]
  pageInfo: {
    startCursor: string | null
    endCursor: string | null
    hasNextPage: boolean
    hasPreviousPage: boolean
  }
  totalCount(): Promise<number>
}

/** How many rows a page asks for: what an operation's cost is reckoned by, before anybody has looked whether that many can be asked for. */
export function requestedSize({ first, last }: PageArguments): number {
  return Math.min(Math.max(first ?? last ?? defaultPageSize, 0), maxPageSize)
}

function checkTogether({ first, last, after, before, offset }: PageArguments): void {
  if (first != null && last != null) {
    throw new BadUserInputError('last', "Arguments 'first' and 'last' cannot be used together: page forwards or backwards.")
  }
  if (offset == null) return
  if (after != null || before != null || last != null) {
    throw new BadUserInputError('offset', "Argument 'offset' goes with 'first' alone, not with cursors or 'last'.")
  }
}

/**
 * One page of the rows of a parent: Relay's cursor connection, exact in both directions however deep. Whether there is a page on
 * either side is always the truth.
 *
 * @throws BadUserInputError for arguments that do not go together, and for cursors of another list.
 */
export async function readConnection<Row extends Placed>(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  args: PageArguments,
): Promise<Page<Row>> {
  checkTogether(args)
  const range: Range = {
    after: args.after == null ? null : decodeCursor(args.after, ordering, 'after'),
    before: args.before == null ? null : decodeCursor(args.before, ordering, 'before'),
  }
  const size = requestedSize(args)
  const offset = args.offset ?? 0
  const backwards = args.last != null

  // One row more than asked for tells whether the page has a neighbour.
  const found = await readPage<Row>(context, parentId, rows, ordering, range, { limit: size + 1, offset, backwards })
  return pageOf(context, parentId, rows, ordering, { range, size, offset, backwards }, found)
}

/** The first page of a list whose first `size` rows, and one more if there is one, were read along with the parent. */
export function firstPage<Row extends Placed>(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  size: number,
  found: readonly Row[],
): Page<Row> {
  return pageOf(context, parentId, rows, ordering, { range: { after: null, before: null }, size, offset: 0, backwards: false }, found)
}

/** How many rows of the first page are asked for; null when the arguments ask for another page. */
export function firstPageSize(args: PageArguments): number | null {
  const isFirst = args.after == null && args.before == null && args.last == null && !args.offset
  return isFirst ? requestedSize(args) : null
}

function pageOf<Row extends Placed>(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  { range, size, offset, backwards }: { range: Range; size: number; offset: number; backwards: boolean },
  found: readonly Row[],
): Page<Row> {
  const overflows = found.length > size
  const page = backwards ? found.slice(-size) : found.slice(0, size)

  // Getters here and below, so that only what is asked for is made, and looked for; GraphQL awaits the promise that one may give.
  const edges = page.map((node) => ({
    node,
    get cursor() {
      return encodeCursor(ordering, node.position, node.id)
    },
  }))
  const outside = (side: 'after' | 'before') => {
    const place = side === 'after' ? range.before : range.after
    return place === null ? false : anyAtOrBeyond(context, parentId, rows, ordering, place, side)
  }
  return {
    edges,
    pageInfo: {
      get startCursor() {
        return edges.at(0)?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
      get hasNextPage() {
        return (overflows && !backwards ? true : outside('after')) as boolean
      },
      get hasPreviousPage() {
        if (overflows && backwards) return true
        if (offset === 0) return outside('before') as boolean
        return (edges.length > 0 ? true : anyAtOrBeyond(context, parentId, rows, ordering, null, 'before')) as boolean
      },
    },
    totalCount: () => countRows(context, parentId, rows),
  }
}
