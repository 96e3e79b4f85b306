import type { KeysetRange, KeysetRow, ListSource, RowId } from '../../database/keyset/pageQuery.ts'
import type { KeysetPosition, SortOrder } from '../../database/keyset/sortOrder.ts'
import { defaultPageSize, maxPageSize } from '../argumentLimits.ts'
import type { Context } from '../context.ts'
import { BadUserInputError } from '../errors.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { countRows, hasRowsBeyond, readPage } from './readPage.ts'

/** The arguments of a connection. Each one has been validated, but not their combination. */
export interface PageArguments {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
  offset?: number | null | undefined
}

/** The list that a connection pages through: the rows of a parent, in one order. */
interface ConnectionContext {
  context: Context
  parentId: RowId
  rows: ListSource
  ordering: SortOrder
}

/** The part of the list that a page covers. */
interface PageRequest {
  range: KeysetRange
  size: number
  offset: number
  backwards: boolean
}

// The classes below have getters, so that cursors and flags are computed only if selected. Classes are cheaper than objects with getters.

class Edge<Row extends KeysetRow> {
  readonly node: Row
  readonly #ordering: SortOrder

  constructor(node: Row, ordering: SortOrder) {
    this.node = node
    this.#ordering = ordering
  }

  get cursor(): string {
    return encodeCursor(this.#ordering, this.node.position, this.node.id)
  }
}

/** A page of a list, with its `PageInfo`. Values that need another statement are read only if selected. */
export class Page<Row extends KeysetRow> {
  readonly edges: readonly Edge<Row>[]
  readonly #list: ConnectionContext
  readonly #part: PageRequest
  readonly #overflows: boolean

  /** @param found the rows of the page, and one more at the far end if the list continues */
  constructor(list: ConnectionContext, part: PageRequest, found: readonly Row[]) {
    const page = part.backwards ? found.slice(-part.size) : found.slice(0, part.size)
    this.edges = page.map((node) => new Edge(node, list.ordering))
    this.#list = list
    this.#part = part
    this.#overflows = found.length > part.size
  }

  totalCount(): Promise<number> {
    const { context, parentId, rows } = this.#list
    return countRows(context, parentId, rows)
  }

  get pageInfo(): this {
    return this
  }

  get startCursor(): string | null {
    return this.edges.at(0)?.cursor ?? null
  }

  get endCursor(): string | null {
    return this.edges.at(-1)?.cursor ?? null
  }

  // The casts are needed because these two may return a promise, which GraphQL awaits.

  get hasNextPage(): boolean {
    return (this.#overflows && !this.#part.backwards ? true : this.#anyOutside('after')) as boolean
  }

  get hasPreviousPage(): boolean {
    const { offset, backwards } = this.#part
    if (this.#overflows && backwards) return true
    if (offset === 0) return this.#anyOutside('before') as boolean
    return (this.edges.length > 0 ? true : this.#any(null, 'before')) as boolean
  }

  #anyOutside(side: 'after' | 'before'): boolean | Promise<boolean> {
    const position = side === 'after' ? this.#part.range.before : this.#part.range.after
    return position === null ? false : this.#any(position, side)
  }

  #any(position: KeysetPosition | null, side: 'after' | 'before'): Promise<boolean> {
    const { context, parentId, rows, ordering } = this.#list
    return hasRowsBeyond(context, parentId, rows, ordering, position, side)
  }
}

/** The requested page size, clamped to its bounds. The cost of an operation is computed from it before the arguments are validated. */
export function pageSizeOf({ first, last }: PageArguments): number {
  return Math.min(Math.max(first ?? last ?? defaultPageSize, 0), maxPageSize)
}

/** @throws BadUserInputError if arguments exclude each other. */
export function assertPageArguments({ first, last, after, before, offset }: PageArguments): void {
  if (first != null && last != null) {
    throw new BadUserInputError('last', "Arguments 'first' and 'last' cannot be used together: page forwards or backwards.")
  }
  if (offset != null && (after != null || before != null || last != null)) {
    throw new BadUserInputError('offset', "Argument 'offset' can be used only with 'first', not with cursors or 'last'.")
  }
}

/**
 * Reads one page of the rows of a parent, as Relay's cursor connection. Pages are exact in both directions at any depth, and so are
 * `hasNextPage` and `hasPreviousPage`.
 *
 * @throws BadUserInputError if arguments exclude each other, or a cursor is from another list or order.
 */
export async function readConnection<Row extends KeysetRow>(
  context: Context,
  parentId: RowId,
  rows: ListSource,
  ordering: SortOrder,
  args: PageArguments,
): Promise<Page<Row>> {
  assertPageArguments(args)
  const range: KeysetRange = {
    after: args.after == null ? null : decodeCursor(args.after, ordering, 'after', rows.idType),
    before: args.before == null ? null : decodeCursor(args.before, ordering, 'before', rows.idType),
  }
  const size = pageSizeOf(args)
  const offset = args.offset ?? 0
  const backwards = args.last != null

  // One extra row tells whether the list continues.
  const found = await readPage<Row>(context, parentId, rows, ordering, range, { limit: size + 1, offset, backwards })
  return new Page({ context, parentId, rows, ordering }, { range, size, offset, backwards }, found)
}

/** Creates the first page from prefetched rows: the first `size`, and one more if the list continues. */
export function prefetchedPage<Row extends KeysetRow>(
  context: Context,
  parentId: RowId,
  rows: ListSource,
  ordering: SortOrder,
  size: number,
  found: readonly Row[],
): Page<Row> {
  return new Page({ context, parentId, rows, ordering }, { range: { after: null, before: null }, size, offset: 0, backwards: false }, found)
}

/** The page size, if the arguments select the first page; null for any other page. */
export function firstPageSize(args: PageArguments): number | null {
  const isFirst = args.after == null && args.before == null && args.last == null && !args.offset
  return isFirst ? pageSizeOf(args) : null
}
