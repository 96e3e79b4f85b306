import { Prisma } from '../../../../database/generated/client.ts'
import type { ListSource } from '../../../../database/keyset/pageQuery.ts'
import { containsTextSql, likePattern } from '../../../../database/sql.ts'
import type { FlagStatus } from '../../rules/flagStatus.ts'
import { staleBefore } from '../../rules/staleness.ts'
import { type FlagSortField, flagSortKeys } from './flagOrder.ts'

// What the list of all flags is made of. In each order there is an index of the flags that are listed by default, and one of the archived and
// deleted ones. All other filters and the search are in one inverted index (`facts` in the migrations). Which of the two answers is decided by
// the search strategy: a filter that most flags pass is read in the order of the page, a rare one from the inverted index.

/** The parts of a project's flags that have an index of their own in each order. */
export type Shelf = 'listed' | 'archived' | 'deleted'

const shelfSql: Record<Shelf, Prisma.Sql> = {
  listed: Prisma.sql`NOT f.deleted AND NOT f.archived`,
  archived: Prisma.sql`f.archived AND NOT f.deleted`,
  deleted: Prisma.sql`f.deleted`,
}

/** Which flags a list has. A flag must match all conditions. */
export interface FlagListFilter {
  shelves: readonly Shelf[]
  order: FlagSortField
  search?: string | null | undefined
  keyPrefix?: string | null | undefined
  active?: boolean | null | undefined
  /** A flag must have all of these facts. */
  facts: readonly string[]
  /** For each list, a flag must have one of its facts. An empty list matches no flag. */
  oneOf: readonly (readonly string[])[]
  createdSince?: Date | null | undefined
  updatedSince?: Date | null | undefined
  /** A flag must have one of these statuses at a time. An empty list matches no flag. */
  status?: { oneOf: readonly FlagStatus[]; at: Date } | undefined
  /** Further conditions on `feature_flags f`. */
  more: readonly Prisma.Sql[]
}

export const hasFactsSql = (facts: readonly string[]) => Prisma.sql`f.facts @> ${[...facts]}::text[]`
const hasOneFactSql = (facts: readonly string[]) => Prisma.sql`f.facts && ${[...facts]}::text[]`

/** The list of the flags of a project that match a filter. */
export function flagListSource(filter: FlagListFilter): Omit<ListSource, 'columns'> {
  const { bounds, holds } = splitConditions(filter)
  const ranges = rangesOf(filter)
  const { shelves } = filter
  const [shelf] = shelves
  return {
    from: Prisma.sql`feature_flags f`,
    id: Prisma.sql`f.id`,
    parent: Prisma.sql`f.project_id`,
    where: [shelf !== undefined && shelves.length === 1 ? shelfSql[shelf] : shelvesSql(shelves), ...bounds],
    parts: shelves.length < 2 ? undefined : { conditions: shelves.map((each) => shelfSql[each]), alias: Prisma.sql`f` },
    ...(holds.length === 0
      ? {}
      : {
          search: {
            holds: Prisma.join([...holds], ' AND '),
            // Times are not in the inverted index. With one of them, the database may use the index of that time.
            parent: ranges.length === 0 ? Prisma.sql`f.project_id::bigint` : Prisma.sql`f.project_id`,
            alias: Prisma.sql`f`,
          },
        }),
  }
}

/** The condition for the flags of some shelves. */
function shelvesSql(shelves: readonly Shelf[]): Prisma.Sql {
  if (shelves.length === 0) return Prisma.sql`false`
  if (shelves.length === 3) return Prisma.sql`true`
  if (shelves.length === 2 && !shelves.includes('deleted')) return Prisma.sql`NOT f.deleted`
  return Prisma.sql`(${Prisma.join(
    shelves.map((shelf) => shelfSql[shelf]),
    ' OR ',
  )})`
}

/** The conditions that bound the index of the page's order, and all others. */
function splitConditions(filter: FlagListFilter): { bounds: Prisma.Sql[]; holds: Prisma.Sql[] } {
  const { order, search, keyPrefix, active, facts, oneOf, more } = filter
  const bounds: Prisma.Sql[] = []
  const holds: Prisma.Sql[] = []
  const allFacts = [...facts]
  const lists = [...oneOf, ...statusFacts(filter)]
  for (const { field, condition } of rangesOf(filter)) (field === order ? bounds : holds).push(condition)
  if (keyPrefix && order === 'KEY') {
    const { expression } = flagSortKeys.KEY
    bounds.push(Prisma.sql`${expression} >= ${keyPrefix} AND ${expression} < ${`${keyPrefix}\u{10FFFF}`}`)
  } else if (keyPrefix) {
    holds.push(Prisma.sql`(f.key || E'\n' || f.name) ILIKE ${likePattern(keyPrefix).slice(1)} AND starts_with(f.key, ${keyPrefix})`)
  }
  if (active != null && order === 'ACTIVE') bounds.push(Prisma.sql`${flagSortKeys.ACTIVE.expression} = ${active ? 1 : 0}`)
  else if (active != null) allFacts.push(active ? 'active' : 'inactive')
  for (const list of lists) {
    if (list.length === 1) allFacts.push(...list)
    // An empty list matches none, and the index need not be asked for that.
    else holds.push(list.length === 0 ? Prisma.sql`false` : hasOneFactSql(list))
  }
  if (allFacts.length > 0) holds.push(hasFactsSql(allFacts))
  holds.push(...staleConditions(filter), ...more)
  if (search) holds.push(containsTextSql(Prisma.sql`f.key`, Prisma.sql`f.name`, search))
  return { bounds, holds }
}

/** A condition that only rows of one range of an index meet. */
interface Range {
  /** The order that has this index. */
  field: FlagSortField | null
  condition: Prisma.Sql
}

function rangesOf({ createdSince, updatedSince, status }: FlagListFilter): Range[] {
  const ranges: Range[] = []
  if (createdSince != null) ranges.push({ field: 'CREATED_AT', condition: Prisma.sql`f.created_at >= ${createdSince}::timestamptz` })
  if (updatedSince != null) {
    const { expression } = flagSortKeys.UPDATED_AT
    ranges.push({
      field: 'UPDATED_AT',
      condition: Prisma.sql`${expression} >= ${updatedSince}::timestamptz AND ${expression} < 'infinity'`,
    })
  }
  if (status?.oneOf.includes('STALE') && !hasMore(status.oneOf, 'STALE')) ranges.push({ field: null, condition: isStaleSql(status.at) })
  return ranges
}

const hasMore = (statuses: readonly FlagStatus[], than: FlagStatus) => statuses.some((status) => status !== than)

/** `isStale` as an SQL condition. */
const isStaleSql = (now: Date) => Prisma.sql`f.unused_since < ${staleBefore(now)}::timestamptz`

// A fact cannot depend on the time, so flags that are on have one fact, whether they are stale or not.
const statusFact: Record<FlagStatus, string> = {
  ACTIVE: 'status:ON',
  STALE: 'status:ON',
  INACTIVE: 'status:INACTIVE',
  ARCHIVED: 'status:ARCHIVED',
  DELETED: 'status:DELETED',
}

const statusFacts = ({ status }: FlagListFilter) =>
  status === undefined ? [] : [[...new Set(status.oneOf.map((name) => statusFact[name]))]]

/** The conditions that tell stale flags from active ones, unless all of them are asked for, or stale ones alone. */
function staleConditions({ status }: FlagListFilter): Prisma.Sql[] {
  if (status === undefined || status.oneOf.includes('ACTIVE') === status.oneOf.includes('STALE')) return []
  const { oneOf, at } = status
  if (oneOf.includes('ACTIVE')) return [Prisma.sql`(f.unused_since IS NULL OR NOT ${isStaleSql(at)})`]
  return hasMore(oneOf, 'STALE') ? [Prisma.sql`(NOT ${hasFactsSql([statusFact.STALE])} OR ${isStaleSql(at)})`] : []
}
