import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Context } from '../context.ts'
import { Prisma } from '../db/generated/client.ts'
import type { Ordering, Position } from './ordering.ts'

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
  /** Of those, rows that are left out; few in a list. */
  except?: {
    /** Holds for a row that is not one of them. */
    unless: Prisma.Sql
    /** The ids of all of them in a parent, each perhaps several times, and perhaps of rows that are not in the list. */
    ids(parent: Prisma.Sql): Prisma.Sql
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

const listed = ({ where, except }: Rows) => (except === undefined ? where : [...where, except.unless])
const and = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], ' AND ')

/** The rows beyond a place, in the order's own sense; `inclusive` counts the place itself. */
function beyond(rows: Rows, ordering: Ordering, place: Position, side: 'after' | 'before', inclusive = false): Prisma.Sql {
  const greater = (ordering.direction === 'ASC') === (side === 'after')
  const operator = Prisma.raw(`${greater ? '>' : '<'}${inclusive ? '=' : ''}`)
  return Prisma.sql`(${ordering.expression}, ${rows.id}) ${operator} (${place.value}, ${place.id}::int)`
}

/** The first `limit` rows of a range after skipping `offset`, in order; from its other end when `backwards`. */
export async function readPage<Row extends Placed>(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  { after, before }: Range,
  { limit, offset, backwards }: { limit: number; offset: number; backwards: boolean },
): Promise<Row[]> {
  const direction = Prisma.raw((ordering.direction === 'ASC') === backwards ? 'DESC' : 'ASC')
  const where = [
    ...listed(rows),
    ...(after === null ? [] : [beyond(rows, ordering, after, 'after')]),
    ...(before === null ? [] : [beyond(rows, ordering, before, 'before')]),
  ]
  const found = await batched<Row>(context, parentId, (parentIds) => {
    const page = Prisma.sql`
      SELECT ${rows.columns}, ${ordering.kind.select(ordering.expression)} AS "position",
        row_number() OVER (ORDER BY ${ordering.expression} ${direction}, ${rows.id} ${direction}) AS "rank"
      FROM ${rows.from}
      WHERE ${rows.parent} = parent.id AND ${and(where)}
      ORDER BY ${ordering.expression} ${direction}, ${rows.id} ${direction}
      LIMIT ${limit} OFFSET ${offset}`
    return Prisma.sql`
      SELECT parent.id AS "parentId", page.*
      FROM unnest(${parentIds}::int[]) AS parent (id) CROSS JOIN LATERAL (${page}) AS page
      ORDER BY parent.id, page."rank"`
  })
  return backwards ? found.reverse() : found
}

/** How many rows there are. It reads all of them in the index: ask only when somebody wants to know. */
export async function countRows(context: Context, parentId: number, rows: Rows): Promise<number> {
  const [found] = await batched<{ parentId: number; count: number }>(
    context,
    parentId,
    (parentIds) => Prisma.sql`
      SELECT parent.id AS "parentId", ${counted(rows)}::int AS count
      FROM unnest(${parentIds}::int[]) AS parent (id)`,
  )
  return found?.count ?? 0
}

/** What is counted in an index alone, without what is left out: to look each row up for that costs more than to count them all. */
function counted(rows: Rows): Prisma.Sql {
  const those = Prisma.sql`FROM ${rows.from} WHERE ${rows.parent} = parent.id AND ${and(rows.where)}`
  if (rows.except === undefined) return Prisma.sql`(SELECT count(*) ${those})`
  // From the few ids to their rows, each by its own look-up.
  return Prisma.sql`((SELECT count(*) ${those}) - (
    SELECT count(*) FROM (SELECT DISTINCT x.id FROM (${rows.except.ids(Prisma.sql`parent.id`)}) AS x (id)) AS x
    WHERE EXISTS (SELECT ${those} AND ${rows.id} = x.id OFFSET 0)
  ))`
}

/** Whether any row stands at a place or beyond it; with no place, whether there is any row. */
export async function anyAtOrBeyond(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  place: Position | null,
  side: 'after' | 'before',
): Promise<boolean> {
  const where = place === null ? listed(rows) : [...listed(rows), beyond(rows, ordering, place, side, true)]
  const direction = Prisma.raw((ordering.direction === 'ASC') === (side === 'after') ? 'ASC' : 'DESC')
  // The nearest row, from the index. PostgreSQL ignores an order inside EXISTS, and may then read the table until any row fits.
  const [found] = await batched<{ parentId: number; any: boolean }>(context, parentId, (parentIds) => {
    const nearest = Prisma.sql`
      SELECT true
      FROM ${rows.from}
      WHERE ${rows.parent} = parent.id AND ${and(where)}
      ORDER BY ${ordering.expression} ${direction}, ${rows.id} ${direction}
      LIMIT 1`
    return Prisma.sql`
      SELECT parent.id AS "parentId", (${nearest}) IS NOT NULL AS any
      FROM unnest(${parentIds}::int[]) AS parent (id)`
  })
  return found?.any ?? false
}

type Batch = DataLoader<number, { parentId: number }[]>
const batches = createContextCache((_context: Context) => new Map<string, Batch>())

/** The rows that a statement finds for one parent, asked for together with those of every other parent in the same tick. */
async function batched<Row extends { parentId: number }>(
  context: Context,
  parentId: number,
  statement: (parentIds: number[]) => Prisma.Sql,
): Promise<Row[]> {
  const { sql, values } = statement([])
  const key = JSON.stringify([sql, values])
  const open = batches(context)
  let batch = open.get(key)
  if (batch === undefined) {
    batch = new DataLoader(async (parentIds: readonly number[]) => {
      const rows = await context.db.$queryRaw<{ parentId: number }[]>(statement([...parentIds]))
      const byParent = Map.groupBy(rows, (row) => row.parentId)
      return parentIds.map((id) => byParent.get(id) ?? [])
    })
    open.set(key, batch)
  }
  return [...((await batch.load(parentId)) as Row[])]
}
