import { Prisma } from '../generated/client.ts'
import { genericPlanHint } from '../preparedStatements.ts'
import type { BatchQuery } from '../queryCoalescer.ts'
import { minHitsToContinue, type SearchStrategy, scanLimits } from './searchStrategy.ts'
import type { KeysetPosition, SortOrder } from './sortOrder.ts'

// Lists are read by hand-written statements, because Prisma cannot say a row comparison: what it says instead, `a < x OR (a = x AND
// id < y)`, reads everything before the page (1.56 ms against 0.08 ms at row 6,300). Each statement serves many parents at once, so the
// flags of ten projects, or the experiments of a page of flags, take one statement.

/** Rows that belong to a parent: where they are and which of them are meant. */
export interface ListSource {
  /** The table and its alias. */
  from: Prisma.Sql
  /** What a row shows, under the names of its Prisma model, `id` among them. */
  columns: Prisma.Sql
  id: Prisma.Sql
  /** The column that holds the parent's id. */
  parent: Prisma.Sql
  /** All of these hold. */
  where: readonly Prisma.Sql[]
  /** What is read along with each row of a page, as `along`: JSON that is made of `page` itself, and of what these joins find. */
  prefetch?: { json: Prisma.Sql; joins: Prisma.Sql } | undefined
  /** Where the list is the same for every request: its questions by what they ask, so that no statement is written again. No other list's. */
  statementCache?: Map<string, BatchQuery>
  /** Of those, only the rows that a search finds, which an index of its own serves. */
  search?: {
    holds: Prisma.Sql
    /** The parent's id as a bigint, as that index alone holds it: no other can serve a statement that asks for it so. */
    parent: Prisma.Sql
    /** The table's alias by itself. */
    alias: Prisma.Sql
  }
}

/** The part of an ordered list that lies after one place and before another. */
export interface KeysetRange {
  after: KeysetPosition | null
  before: KeysetPosition | null
}

/** What `readPage` adds to a row: its value in the order, as a cursor holds it. */
export interface KeysetRow {
  parentId: number
  id: number
  position: string
}

const allConditions = ({ where, search }: ListSource) => (search === undefined ? where : [...where, search.holds])

export const initialStrategy = ({ search }: ListSource, offset: number): SearchStrategy =>
  search === undefined || offset > 0 ? 'indexOrder' : 'scan100'

/** The rows of a parent in a range, in no order yet. */
function fromClause(
  rows: ListSource,
  range: readonly Prisma.Sql[],
  order: Prisma.Sql,
  strategy: SearchStrategy,
  id = Prisma.sql`parent.id`,
): Prisma.Sql {
  const { from, parent, search } = rows
  const select = (more: readonly Prisma.Sql[], parentCondition = Prisma.sql`${parent} = ${id}`) =>
    Prisma.sql`FROM ${from} WHERE ${parentCondition} AND ${joinAnd([...rows.where, ...range, ...more])}`
  if (search === undefined) return select([])
  const { holds, alias } = search
  if (strategy === 'indexOrder') return select([holds])
  if (strategy !== 'trigramIndex') {
    const next = Prisma.sql`(SELECT ${alias}.* ${select([])} ${order} LIMIT ${scanLimits[strategy]})`
    return Prisma.sql`FROM ${next} AS ${alias} ${forcedPlan} WHERE ${holds}`
  }
  // OFFSET 0: else the order of the page would be read until enough rows fit.
  return Prisma.sql`FROM (SELECT ${alias}.* ${select([holds], searchParentSql(search))} OFFSET 0) AS ${alias} ${forcedPlan}`
}

/** Either way is the only one that its statement leaves open. */
const forcedPlan = Prisma.raw(genericPlanHint)
const searchParentSql = ({ parent }: NonNullable<ListSource['search']>) => Prisma.sql`${parent} = parent.id::bigint`

const joinAnd = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], ' AND ')

/** The rows beyond a place, in the order's own sense; `inclusive` counts the place itself. */
function beyondPosition(
  rows: ListSource,
  ordering: SortOrder,
  position: KeysetPosition,
  side: 'after' | 'before',
  inclusive = false,
): Prisma.Sql {
  const greater = (ordering.direction === 'ASC') === (side === 'after')
  const operator = Prisma.raw(`${greater ? '>' : '<'}${inclusive ? '=' : ''}`)
  return Prisma.sql`(${ordering.expression}, ${rows.id}) ${operator} (${position.value}, ${position.id}::int)`
}

/** Which rows of a range: the first `limit` after `offset`, in order; from its other end when `backwards`. */
export interface PageWindow {
  limit: number
  offset: number
  backwards: boolean
}

function orderByClause({ id }: ListSource, { expression, direction }: SortOrder, backwards: boolean): Prisma.Sql {
  const by = Prisma.raw((direction === 'ASC') === backwards ? 'DESC' : 'ASC')
  return Prisma.sql`ORDER BY ${expression} ${by}, ${id} ${by}`
}

/** What a row shows, and its `position`. */
const selectList = ({ columns }: ListSource, { keyType: kind, expression }: SortOrder) =>
  Prisma.sql`${columns}, ${kind.toText(expression)} AS "position"`

/** The rows of the parent that the statement around calls `parent`, each with its `position` and its `rank` on the page. */
function pageQuery(
  rows: ListSource,
  ordering: SortOrder,
  { after, before }: KeysetRange,
  { limit, offset, backwards }: PageWindow,
  strategy: SearchStrategy,
): Prisma.Sql {
  const order = orderByClause(rows, ordering, backwards)
  const range = [
    ...(after === null ? [] : [beyondPosition(rows, ordering, after, 'after')]),
    ...(before === null ? [] : [beyondPosition(rows, ordering, before, 'before')]),
  ]
  return Prisma.sql`
    SELECT ${selectList(rows, ordering)}, row_number() OVER (${order}) AS "rank"
    ${fromClause(rows, range, order, strategy)}
    ${order}
    LIMIT ${limit} OFFSET ${offset}`
}

/**
 * The same for a search that begins: the rows of the first stage or, where they are too few to be promising, those that the index of the text
 * finds. `isAll` tells that there are no more.
 */
function firstSearchQuery(rows: ListSource, ordering: SortOrder, range: KeysetRange, window: PageWindow): Prisma.Sql {
  const page = (strategy: SearchStrategy) => pageQuery(rows, ordering, range, window, strategy)
  return Prisma.sql`
    WITH glanced AS MATERIALIZED (${page('scan100')}),
      judged AS MATERIALIZED (SELECT count(*) < ${Math.min(minHitsToContinue(window.limit), window.limit)} AS hopeless FROM glanced)
    SELECT glanced.*, false AS "isAll" FROM glanced WHERE NOT (SELECT hopeless FROM judged)
    UNION ALL SELECT searched.*, true FROM (${page('trigramIndex')}) AS searched WHERE (SELECT hopeless FROM judged)`
}

/** The first rows of a parent as an array of JSON, for a statement that reads them along with the parent. */
export function firstPageJson(rows: ListSource, ordering: SortOrder, limit: number, parent: Prisma.Sql): Prisma.Sql {
  const order = orderByClause(rows, ordering, false)
  return Prisma.sql`ARRAY(
    SELECT to_json(listed)
    FROM (SELECT ${selectList(rows, ordering)} ${fromClause(rows, [], order, 'indexOrder', parent)} ${order} LIMIT ${limit}) AS listed)`
}

/** Reads a page of each of some parents. */
export function pageStatement(
  rows: ListSource,
  ordering: SortOrder,
  range: KeysetRange,
  window: PageWindow,
  strategy: SearchStrategy,
): (parentIds: readonly number[]) => Prisma.Sql {
  const prefetch = rows.prefetch === undefined ? Prisma.empty : Prisma.sql`, ${rows.prefetch.json} AS prefetched`
  const joins = rows.prefetch?.joins ?? Prisma.empty
  return (parentIds) => Prisma.sql`
        SELECT parent.id AS "parentId", page.*${prefetch}
        FROM unnest(${parentIds}::int[]) AS parent (id) CROSS JOIN LATERAL (
          ${strategy === 'scan100' ? firstSearchQuery(rows, ordering, range, window) : pageQuery(rows, ordering, range, window, strategy)}
        ) AS page ${joins}
        ORDER BY parent.id, page."rank"`
}

/** Counts the rows of each of some parents. */
export function countStatement(rows: ListSource): (parentIds: readonly number[]) => Prisma.Sql {
  const { from, parent, search } = rows
  const parentCondition = search === undefined ? Prisma.sql`${parent} = parent.id` : searchParentSql(search)
  return (parentIds) => Prisma.sql`
      SELECT parent.id AS "parentId", (SELECT count(*) FROM ${from} WHERE ${parentCondition} AND ${joinAnd(allConditions(rows))})::int AS count
      FROM unnest(${parentIds}::int[]) AS parent (id)`
}

/** Looks whether each of some parents has a row at a place or beyond it; with no place, whether it has any row. */
export function existsStatement(
  rows: ListSource,
  ordering: SortOrder,
  position: KeysetPosition | null,
  side: 'after' | 'before',
  strategy: SearchStrategy,
): (parentIds: readonly number[]) => Prisma.Sql {
  const range = position === null ? [] : [beyondPosition(rows, ordering, position, side, true)]
  // The nearest row, from the index. PostgreSQL ignores an order inside EXISTS, and may then read the table until any row fits.
  const order = orderByClause(rows, ordering, side === 'before')
  return (parentIds) => Prisma.sql`
    SELECT parent.id AS "parentId", (SELECT true ${fromClause(rows, range, order, strategy)} ${order} LIMIT 1) IS NOT NULL AS any
    FROM unnest(${parentIds}::int[]) AS parent (id)`
}
