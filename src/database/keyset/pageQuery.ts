import { Prisma } from '../generated/client.ts'
import { limitSql } from '../sql.ts'
import { genericPlanHint } from '../statements/preparedStatements.ts'
import type { Slot, StatementTemplate } from '../statements/statementTemplate.ts'
import { minHitsToContinue, type SearchStrategy, scanLimits } from './searchStrategy.ts'
import type { KeysetPosition, SortOrder } from './sortOrder.ts'

// Lists are read by hand-written SQL, because Prisma has no row comparison. Its replacement `a < x OR (a = x AND id < y)` reads all rows before
// the page (1.56 ms instead of 0.08 ms at row 6,300). Each statement serves many parents: the flags of ten projects, or the experiments of a
// page of flags, take one statement.

/** An id of a row: a serial number, or a UUID. */
export type RowId = number | string

/** The rows that a list of a parent consists of: the table, the columns and the filters. */
export interface ListSource {
  /** The table and its alias. */
  from: Prisma.Sql
  /** The columns to select, under the names of the Prisma model. `id` must be among them. */
  columns: Prisma.Sql
  id: Prisma.Sql
  /** The type of the rows' ids. Serial numbers by default. */
  idType?: 'int' | 'uuid'
  /** The column that holds the parent's id. */
  parent: Prisma.Sql
  /** The type of the parent's id. A serial number by default. */
  parentType?: 'int' | 'uuid'
  /** The filters. A row must match all of them. */
  where: readonly Prisma.Sql[]
  /**
   * Parts of the list that have an index of their own in its order. Together they are the list, and no row is in two. Each is read in the
   * order, and they are merged: the database would sort all rows instead.
   */
  parts?: { conditions: readonly Prisma.Sql[]; alias: Prisma.Sql } | undefined
  /** JSON that is prefetched with each row of a page, as column `prefetched`. It may use `page` and the tables of `joins`. */
  prefetch?: { json: Prisma.Sql; joins: Prisma.Sql } | undefined
  /** Whether the list is the same for all requests, so that its statements are worth keeping. */
  isConstant?: boolean
  /** Where they are kept. Each list has its own. */
  templates?: Map<string, StatementTemplate>
  /** A text search, which further filters the rows. It has an index of its own. */
  search?: {
    holds: Prisma.Sql
    /** The parent's id as a bigint, as only the search index holds it. A statement that uses it can use no other index. */
    parent: Prisma.Sql
    /** The alias of the table. */
    alias: Prisma.Sql
  }
}

/** The part of an ordered list after one position and before another. */
export interface KeysetRange<Value = string | number> {
  after: KeysetPosition<Value> | null
  before: KeysetPosition<Value> | null
}

/** The columns that every row of a page has. `position` is the row's sort value, as a cursor holds it. */
export interface KeysetRow {
  parentId: RowId
  id: RowId
  position: string
}

const allConditions = ({ where, search }: ListSource) => (search === undefined ? where : [...where, search.holds])

export const initialStrategy = ({ search }: ListSource, offset: number): SearchStrategy =>
  search === undefined || offset > 0 ? 'indexOrder' : 'scan100'

/**
 * FROM and WHERE for the rows of a parent in a range. The strategy decides which index PostgreSQL uses.
 *
 * @param limit how many rows are needed, from the start of the range
 */
function fromClause(
  rows: ListSource,
  range: readonly Prisma.Sql[],
  order: Prisma.Sql,
  strategy: SearchStrategy,
  limit: number,
  id = Prisma.sql`parent.id`,
): Prisma.Sql {
  const { from, parent, search, parts } = rows
  const select = (more: readonly Prisma.Sql[], parentCondition = Prisma.sql`${parent} = ${id}`) =>
    Prisma.sql`FROM ${from} WHERE ${parentCondition} AND ${joinAnd([...rows.where, ...range, ...more])}`
  const inOrder = (more: readonly Prisma.Sql[], needed: number) => {
    if (parts === undefined) return select(more)
    const { conditions, alias } = parts
    const each = conditions.map((part) => Prisma.sql`(SELECT ${alias}.* ${select([part, ...more])} ${order} ${limitSql(needed)})`)
    return Prisma.sql`FROM (${Prisma.join(each, ' UNION ALL ')}) AS ${alias}`
  }
  if (search === undefined) return inOrder([], limit)
  const { holds, alias } = search
  if (strategy === 'indexOrder') return inOrder([holds], limit)
  if (strategy !== 'trigramIndex') {
    const next = Prisma.sql`(SELECT ${alias}.* ${inOrder([], scanLimits[strategy])} ${order} ${limitSql(scanLimits[strategy])})`
    return Prisma.sql`FROM ${next} AS ${alias} ${forcedPlan} WHERE ${holds}`
  }
  // OFFSET 0 keeps PostgreSQL from scanning in the page's order until enough rows match.
  return Prisma.sql`FROM (SELECT ${alias}.* ${select([holds], searchParentSql(search))} OFFSET 0) AS ${alias} ${forcedPlan}`
}

/** Both search strategies leave PostgreSQL only one possible plan, so a generic plan is safe. */
const forcedPlan = Prisma.raw(genericPlanHint)
const searchParentSql = ({ parent }: NonNullable<ListSource['search']>) => Prisma.sql`${parent} = parent.id::bigint`

/** The parents of a statement, as the table `parent`. */
const parentsClause = ({ parentType = 'int' }: ListSource, parentIds: readonly RowId[]) =>
  Prisma.sql`unnest(${parentIds}::${Prisma.raw(parentType)}[]) AS parent (id)`

const joinAnd = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], ' AND ')

/** The condition for rows beyond a position, on one side in the list's order. `inclusive` includes the position itself. */
function beyondPosition(
  rows: ListSource,
  ordering: SortOrder,
  position: KeysetPosition<Slot>,
  side: 'after' | 'before',
  inclusive = false,
): Prisma.Sql {
  const greater = (ordering.direction === 'ASC') === (side === 'after')
  const operator = Prisma.raw(`${greater ? '>' : '<'}${inclusive ? '=' : ''}`)
  const id = Prisma.sql`(SELECT ${position.id}::${Prisma.raw(rows.idType ?? 'int')})`
  return Prisma.sql`(${ordering.expression}, ${rows.id}) ${operator} (${ordering.keyType.toValue(position.value)}, ${id})`
}

/** The rows of a range to return: the first `limit` after `offset`. If `backwards`, both count from the end of the range. */
export interface PageWindow {
  limit: number
  offset: number
  backwards: boolean
}

function orderByClause({ id }: ListSource, { expression, direction }: SortOrder, backwards: boolean): Prisma.Sql {
  const by = Prisma.raw((direction === 'ASC') === backwards ? 'DESC' : 'ASC')
  return Prisma.sql`ORDER BY ${expression} ${by}, ${id} ${by}`
}

/** The selected columns of a row, and its `position`. */
const selectList = ({ columns }: ListSource, { keyType, expression }: SortOrder) =>
  Prisma.sql`${columns}, ${keyType.toText(expression)} AS "position"`

/** Selects a page of the rows of `parent`, which the outer statement defines. Each row has its `position` and its `rank` on the page. */
function pageQuery(
  rows: ListSource,
  ordering: SortOrder,
  { after, before }: KeysetRange<Slot>,
  { limit, offset, backwards }: PageWindow,
  strategy: SearchStrategy,
): Prisma.Sql {
  const order = orderByClause(rows, ordering, backwards)
  const range = [
    ...(after === null ? [] : [beyondPosition(rows, ordering, after, 'after')]),
    ...(before === null ? [] : [beyondPosition(rows, ordering, before, 'before')]),
  ]
  return Prisma.sql`
    SELECT ${selectList(rows, ordering)}, (row_number() OVER (${order}))::int AS "rank"
    ${fromClause(rows, range, order, strategy, limit + offset)}
    ${order}
    ${limitSql(limit)}${offset === 0 ? Prisma.empty : Prisma.sql` OFFSET ${offset}`}`
}

/**
 * The page query for the start of a search. It first scans 100 rows in the page's order. If too few of them match, it uses the trigram index
 * instead. `isAll` is true for rows from the index: no other strategy finds more.
 */
function firstSearchQuery(rows: ListSource, ordering: SortOrder, range: KeysetRange<Slot>, window: PageWindow): Prisma.Sql {
  const page = (strategy: SearchStrategy) => pageQuery(rows, ordering, range, window, strategy)
  return Prisma.sql`
    WITH scanned AS MATERIALIZED (${page('scan100')}),
      hits AS MATERIALIZED (SELECT count(*) < ${Math.min(minHitsToContinue(window.limit), window.limit)} AS too_few FROM scanned)
    SELECT scanned.*, false AS "isAll" FROM scanned WHERE NOT (SELECT too_few FROM hits)
    UNION ALL SELECT indexed.*, true FROM (${page('trigramIndex')}) AS indexed WHERE (SELECT too_few FROM hits)`
}

/** The first rows of a parent as an array of JSON, for a statement that prefetches them with the parent. */
export function firstPageJson(rows: ListSource, ordering: SortOrder, limit: number, parent: Prisma.Sql): Prisma.Sql {
  const order = orderByClause(rows, ordering, false)
  return Prisma.sql`ARRAY(
    SELECT to_json(listed)
    FROM (SELECT ${selectList(rows, ordering)} ${fromClause(rows, [], order, 'indexOrder', limit, parent)} ${order} ${limitSql(limit)}) AS listed)`
}

/** Builds the statement that reads one page for each of several parents. */
export function pageStatement(
  rows: ListSource,
  ordering: SortOrder,
  range: KeysetRange<Slot>,
  window: PageWindow,
  strategy: SearchStrategy,
): (parentIds: readonly RowId[]) => Prisma.Sql {
  const prefetch = rows.prefetch === undefined ? Prisma.empty : Prisma.sql`, ${rows.prefetch.json} AS prefetched`
  const joins = rows.prefetch?.joins ?? Prisma.empty
  return (parentIds) => Prisma.sql`
        SELECT parent.id AS "parentId", page.*${prefetch}
        FROM ${parentsClause(rows, parentIds)} CROSS JOIN LATERAL (
          ${strategy === 'scan100' ? firstSearchQuery(rows, ordering, range, window) : pageQuery(rows, ordering, range, window, strategy)}
        ) AS page ${joins}
        ORDER BY parent.id, page."rank"`
}

/** Builds the statement that counts the rows of each of several parents. */
export function countStatement(rows: ListSource): (parentIds: readonly RowId[]) => Prisma.Sql {
  const { from, parent, search } = rows
  const parentCondition = search === undefined ? Prisma.sql`${parent} = parent.id` : searchParentSql(search)
  return (parentIds) => Prisma.sql`
      SELECT parent.id AS "parentId", (SELECT count(*) FROM ${from} WHERE ${parentCondition} AND ${joinAnd(allConditions(rows))})::int AS count
      FROM ${parentsClause(rows, parentIds)}`
}

/** Builds the statement that tells for each parent whether a row is at or beyond a position. Without a position, whether it has any row. */
export function existsStatement(
  rows: ListSource,
  ordering: SortOrder,
  position: KeysetPosition<Slot> | null,
  side: 'after' | 'before',
  strategy: SearchStrategy,
): (parentIds: readonly RowId[]) => Prisma.Sql {
  const range = position === null ? [] : [beyondPosition(rows, ordering, position, side, true)]
  // Reads the nearest row from the index. EXISTS would not: PostgreSQL ignores ORDER BY inside it, and may scan the table for a match.
  const order = orderByClause(rows, ordering, side === 'before')
  return (parentIds) => Prisma.sql`
    SELECT parent.id AS "parentId", (SELECT true ${fromClause(rows, range, order, strategy, 1)} ${order} LIMIT 1) IS NOT NULL AS any
    FROM ${parentsClause(rows, parentIds)}`
}
