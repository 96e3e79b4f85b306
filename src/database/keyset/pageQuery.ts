import { Prisma } from '../generated/client.ts'
import { plannedForAnyText } from '../preparedStatements.ts'
import type { Question } from '../queryCoalescer.ts'
import { looksAt, promising, type Stage } from './searchStrategy.ts'
import type { Ordering, Position } from './sortOrder.ts'

// Lists are read by hand-written statements, because Prisma cannot say a row comparison: what it says instead, `a < x OR (a = x AND
// id < y)`, reads everything before the page (1.56 ms against 0.08 ms at row 6,300). Each statement serves many parents at once, so the
// flags of ten projects, or the experiments of a page of flags, take one statement.

/** Rows that belong to a parent: where they are and which of them are meant. */
export interface Rows {
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
  along?: { json: Prisma.Sql; joins: Prisma.Sql } | undefined
  /** Where the list is the same for every request: its questions by what they ask, so that no statement is written again. No other list's. */
  questions?: Map<string, Question>
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
export interface Range {
  after: Position | null
  before: Position | null
}

/** What `readPage` adds to a row: its value in the order, as a cursor holds it. */
export interface Placed {
  parentId: number
  id: number
  position: string
}

const conditionsOf = ({ where, search }: Rows) => (search === undefined ? where : [...where, search.holds])

export const firstStage = ({ search }: Rows, offset: number): Stage => (search === undefined || offset > 0 ? 'listed' : 'glanced')

/** The rows of a parent in a range, in no order yet. */
function source(rows: Rows, range: readonly Prisma.Sql[], order: Prisma.Sql, stage: Stage, id = Prisma.sql`parent.id`): Prisma.Sql {
  const { from, parent, search } = rows
  const of = (more: readonly Prisma.Sql[], theirs = Prisma.sql`${parent} = ${id}`) =>
    Prisma.sql`FROM ${from} WHERE ${theirs} AND ${and([...rows.where, ...range, ...more])}`
  if (search === undefined) return of([])
  const { holds, alias } = search
  if (stage === 'listed') return of([holds])
  if (stage !== 'searched') {
    const next = Prisma.sql`(SELECT ${alias}.* ${of([])} ${order} LIMIT ${looksAt[stage]})`
    return Prisma.sql`FROM ${next} AS ${alias} ${theirPlan} WHERE ${holds}`
  }
  // OFFSET 0: else the order of the page would be read until enough rows fit.
  return Prisma.sql`FROM (SELECT ${alias}.* ${of([holds], searched(search))} OFFSET 0) AS ${alias} ${theirPlan}`
}

/** Either way is the only one that its statement leaves open. */
const theirPlan = Prisma.raw(plannedForAnyText)
const searched = ({ parent }: NonNullable<Rows['search']>) => Prisma.sql`${parent} = parent.id::bigint`

const and = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], ' AND ')

/** The rows beyond a place, in the order's own sense; `inclusive` counts the place itself. */
function beyond(rows: Rows, ordering: Ordering, place: Position, side: 'after' | 'before', inclusive = false): Prisma.Sql {
  const greater = (ordering.direction === 'ASC') === (side === 'after')
  const operator = Prisma.raw(`${greater ? '>' : '<'}${inclusive ? '=' : ''}`)
  return Prisma.sql`(${ordering.expression}, ${rows.id}) ${operator} (${place.value}, ${place.id}::int)`
}

/** Which rows of a range: the first `limit` after `offset`, in order; from its other end when `backwards`. */
export interface Cut {
  limit: number
  offset: number
  backwards: boolean
}

function orderOf({ id }: Rows, { expression, direction }: Ordering, backwards: boolean): Prisma.Sql {
  const by = Prisma.raw((direction === 'ASC') === backwards ? 'DESC' : 'ASC')
  return Prisma.sql`ORDER BY ${expression} ${by}, ${id} ${by}`
}

/** What a row shows, and its `position`. */
const shownOf = ({ columns }: Rows, { kind, expression }: Ordering) => Prisma.sql`${columns}, ${kind.select(expression)} AS "position"`

/** The rows of the parent that the statement around calls `parent`, each with its `position` and its `rank` on the page. */
function pageOf(rows: Rows, ordering: Ordering, { after, before }: Range, { limit, offset, backwards }: Cut, stage: Stage): Prisma.Sql {
  const order = orderOf(rows, ordering, backwards)
  const range = [
    ...(after === null ? [] : [beyond(rows, ordering, after, 'after')]),
    ...(before === null ? [] : [beyond(rows, ordering, before, 'before')]),
  ]
  return Prisma.sql`
    SELECT ${shownOf(rows, ordering)}, row_number() OVER (${order}) AS "rank"
    ${source(rows, range, order, stage)}
    ${order}
    LIMIT ${limit} OFFSET ${offset}`
}

/**
 * The same for a search that begins: the rows of the first stage or, where they are too few to be promising, those that the index of the text
 * finds. `isAll` tells that there are no more.
 */
function firstSearched(rows: Rows, ordering: Ordering, range: Range, cut: Cut): Prisma.Sql {
  const page = (stage: Stage) => pageOf(rows, ordering, range, cut, stage)
  return Prisma.sql`
    WITH glanced AS MATERIALIZED (${page('glanced')}),
      judged AS MATERIALIZED (SELECT count(*) < ${Math.min(promising(cut.limit), cut.limit)} AS hopeless FROM glanced)
    SELECT glanced.*, false AS "isAll" FROM glanced WHERE NOT (SELECT hopeless FROM judged)
    UNION ALL SELECT searched.*, true FROM (${page('searched')}) AS searched WHERE (SELECT hopeless FROM judged)`
}

/** The first rows of a parent as an array of JSON, for a statement that reads them along with the parent. */
export function firstRowsAsArray(rows: Rows, ordering: Ordering, limit: number, parent: Prisma.Sql): Prisma.Sql {
  const order = orderOf(rows, ordering, false)
  return Prisma.sql`ARRAY(
    SELECT to_json(listed)
    FROM (SELECT ${shownOf(rows, ordering)} ${source(rows, [], order, 'listed', parent)} ${order} LIMIT ${limit}) AS listed)`
}

/** Reads a page of each of some parents. */
export function pageStatement(
  rows: Rows,
  ordering: Ordering,
  range: Range,
  cut: Cut,
  stage: Stage,
): (parentIds: readonly number[]) => Prisma.Sql {
  const along = rows.along === undefined ? Prisma.empty : Prisma.sql`, ${rows.along.json} AS along`
  const joins = rows.along?.joins ?? Prisma.empty
  return (parentIds) => Prisma.sql`
        SELECT parent.id AS "parentId", page.*${along}
        FROM unnest(${parentIds}::int[]) AS parent (id) CROSS JOIN LATERAL (
          ${stage === 'glanced' ? firstSearched(rows, ordering, range, cut) : pageOf(rows, ordering, range, cut, stage)}
        ) AS page ${joins}
        ORDER BY parent.id, page."rank"`
}

/** Counts the rows of each of some parents. */
export function countStatement(rows: Rows): (parentIds: readonly number[]) => Prisma.Sql {
  const { from, parent, search } = rows
  const theirs = search === undefined ? Prisma.sql`${parent} = parent.id` : searched(search)
  return (parentIds) => Prisma.sql`
      SELECT parent.id AS "parentId", (SELECT count(*) FROM ${from} WHERE ${theirs} AND ${and(conditionsOf(rows))})::int AS count
      FROM unnest(${parentIds}::int[]) AS parent (id)`
}

/** Looks whether each of some parents has a row at a place or beyond it; with no place, whether it has any row. */
export function existsStatement(
  rows: Rows,
  ordering: Ordering,
  place: Position | null,
  side: 'after' | 'before',
  stage: Stage,
): (parentIds: readonly number[]) => Prisma.Sql {
  const range = place === null ? [] : [beyond(rows, ordering, place, side, true)]
  // The nearest row, from the index. PostgreSQL ignores an order inside EXISTS, and may then read the table until any row fits.
  const order = orderOf(rows, ordering, side === 'before')
  return (parentIds) => Prisma.sql`
    SELECT parent.id AS "parentId", (SELECT true ${source(rows, range, order, stage)} ${order} LIMIT 1) IS NOT NULL AS any
    FROM unnest(${parentIds}::int[]) AS parent (id)`
}
