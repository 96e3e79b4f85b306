import { isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { validationError } from '../server/errors.ts'
import { type Answer, type Call, ok, route } from '../server/router.ts'
import { maySee } from '../state/state.ts'
import type { Micros } from '../state/time.ts'
import { compareValues, type Expression, Moment, type Row } from './expressions.ts'
import { Parser, type Select, type Tables } from './parser.ts'

const defaultRows = 100
const mostRows = 50_000

const tables: Tables = {
  events: ['uuid', 'event', 'timestamp', 'distinct_id', 'properties'],
  'system.feature_flags': ['id', 'key', 'name', 'filters', 'created_by_id', 'created_at', 'deleted'],
  'system.experiments': ['id', 'name', 'created_at', 'updated_at', 'start_date', 'end_date', 'archived', 'feature_flag_id'],
  'system.surveys': ['id', 'name', 'type', 'created_at', 'start_date', 'end_date', 'archived'],
}

const moment = (micros: Micros | null) => (micros === null ? null : new Moment(micros))

/** The rows of a table, under the access of the key's user. Deleted and internal flags are there. */
function rowsOf({ state, project, viewer }: Call, table: string): Row[] {
  const here = (row: { team_id: number }) => row.team_id === project.id
  if (table === 'events') return state.events.where(here).map((row) => ({ ...row, uuid: row.id, timestamp: moment(row.timestamp) }))
  if (table === 'system.feature_flags') {
    const shown = state.flags.where((row) => here(row) && maySee(viewer, 'feature_flag', row.id))
    return shown.map((row) => ({ ...row, created_by_id: row.created_by, created_at: moment(row.created_at) }))
  }
  const dates = (row: { created_at: Micros; start_date: Micros | null; end_date: Micros | null }) => ({
    ...{ created_at: moment(row.created_at), start_date: moment(row.start_date), end_date: moment(row.end_date) },
  })
  if (table === 'system.surveys') return state.surveys.where(here).map((row) => ({ ...row, ...dates(row) }))
  const shown = state.experiments.where((row) => here(row) && maySee(viewer, 'experiment', row.id))
  return shown.map((row) => ({ ...row, ...dates(row), updated_at: moment(row.updated_at) }))
}

function runQuery(call: Call): Answer {
  const { query } = call.body
  if (!isObject(query)) throw validationError('This field is required.', 'query', 'required')
  if (query.kind !== 'HogQLQuery' || typeof query.query !== 'string')
    throw validationError(`Query kind '${query.kind}' is not known to the stand-in.`, 'query')
  const values = isObject(query.values) ? query.values : {}
  const selects = new Parser(query.query, values, tables, call.state.now()).selects()
  const answers = selects.map((select) => answerSelect(call, select))
  const results = answers.flatMap((answer) => answer.results)
  const [first] = selects
  return ok({
    results,
    columns: first?.columns.map(({ name }) => name),
    types: first?.columns.map(({ name }, at) => [name, typeOf(results[0]?.[at])]),
    hasMore: answers.some(({ hasMore }) => hasMore),
    ...{ limit: first?.limit ?? defaultRows, offset: first?.offset, is_cached: false, query: query.query, hogql: query.query },
  })
}

function answerSelect(call: Call, select: Select): { results: unknown[][]; hasMore: boolean } {
  const rows = rowsOf(call, select.table).filter((row) => select.where === null || Boolean(select.where([row])))
  const all = select.aggregates || select.groupBy.length > 0 ? group(rows, select.groupBy) : rows.map((row) => [row])
  all.sort((a, b) => compareGroups(a, b, select.orderBy))
  const groups = select.limitBy === null ? all : firstOfEach(all, select.limitBy)
  const limit = Math.min(select.limit ?? defaultRows, mostRows)
  const page = groups.slice(select.offset, select.offset + limit)
  return {
    results: page.map((each) => select.columns.map(({ value }) => shown(value(each)))),
    hasMore: groups.length > select.offset + limit,
  }
}

function firstOfEach(groups: readonly Row[][], { count, by }: NonNullable<Select['limitBy']>): Row[][] {
  const seen = new Map<string, number>()
  return groups.filter((rows) => {
    const key = JSON.stringify(by.map((value) => value(rows)))
    const place = (seen.get(key) ?? 0) + 1
    seen.set(key, place)
    return place <= count
  })
}

function group(rows: Row[], keys: Expression[]): Row[][] {
  if (keys.length === 0) return [rows]
  return [...Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => key([row])))).values()]
}

function compareGroups(a: Row[], b: Row[], orderBy: { value: Expression; descending: boolean }[]): number {
  for (const { value, descending } of orderBy) {
    const order = compareValues(value(a), value(b)) ?? 0
    if (order !== 0) return descending ? -order : order
  }
  return 0
}

/** JSON columns are answered as text. */
function shown(value: unknown): unknown {
  if (value instanceof Moment) return value.toJSON()
  return isObject(value) ? JSON.stringify(value satisfies JsonObject) : (value ?? null)
}

function typeOf(value: unknown): string {
  if (typeof value === 'number') return 'Int64'
  return typeof value === 'boolean' ? 'Bool' : 'String'
}

export const queryRoutes = [route('POST', 'query/', 'query:read', runQuery, { rate: 'query' })]
