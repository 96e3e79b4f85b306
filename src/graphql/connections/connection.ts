import type { KeysetRange, KeysetRow, ListSource, RowId } from '../../database/keyset/pageQuery.ts'
import type { SortOrder } from '../../database/keyset/sortOrder.ts'
import type { Context } from '../context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import {
  assertPageArguments,
  type Neighbour,
  nextRows,
  type PageArguments,
  type PageRequest,
  pageSizeOf,
  previousRows,
} from './pageRequest.ts'
import { countRows, hasRowsBeyond, readPage } from './readPage.ts'

/** The list that a connection pages through: the rows of a parent, in one order. */
interface ConnectionContext {
  context: Context
  parentId: RowId
  rows: ListSource
  ordering: SortOrder
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
    return this.#answer(nextRows(this.#part, this.#overflows)) as boolean
  }

  get hasPreviousPage(): boolean {
    return this.#answer(previousRows(this.#part, this.#overflows, this.edges.length === 0)) as boolean
  }

  #answer(neighbour: Neighbour): boolean | Promise<boolean> {
    if (typeof neighbour === 'boolean') return neighbour
    const { context, parentId, rows, ordering } = this.#list
    return hasRowsBeyond(context, parentId, rows, ordering, neighbour.position, neighbour.side)
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
