import type { JsonObject } from '../../../../src/platform/json.ts'
import { paymentRequired, validationError } from '../server/errors.ts'
import { page, positive, withParams } from '../server/pages.ts'
import { type Answer, type Call, ok, route } from '../server/router.ts'
import { activityView } from '../state/activity.ts'
import type { Activity, Flag } from '../state/rows.ts'
import { parseTime } from '../state/time.ts'

const newestFirst = (a: Activity, b: Activity) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1)

/** The log of flags, which needs no paid feature: numbered pages of ten, newest first. */
export function flagActivity(call: Call, flag: Flag | null): Answer {
  const { state, project, query } = call
  const limit = positive(query.get('limit')) ?? 10
  const number = positive(query.get('page')) ?? 1
  const matches = (row: Activity) =>
    row.team_id === project.id && row.scope === 'FeatureFlag' && (flag === null || row.item_id === String(flag.id))
  const rows = state.activity.where(matches).sort(newestFirst)
  const results = rows.slice((number - 1) * limit, number * limit).map((row) => activityView(state, row))
  const next = number * limit < rows.length ? withParams(call, { page: number + 1, limit }) : null
  const previous = number > 1 ? withParams(call, { page: number - 1, limit }) : null
  return ok({ results, next, previous, total_count: rows.length })
}

function listActivity(call: Call, isAdvanced: boolean): Answer {
  const { state, organization, query } = call
  if (state.settings.hosted && !organization.auditLogs) throw paymentRequired('Your organization does not have the audit logs feature.')
  const ascending = query.get('ordering') === 'created_at'
  const rows = selectActivity(call, isAdvanced).sort(newestFirst)
  if (ascending) rows.reverse()
  const size = Math.min(positive(query.get('page_size')) ?? 100, 1_000)
  const number = query.get('page')
  if (number !== null) {
    const at = positive(number) ?? 1
    const shown = page({ ...call, query: new URLSearchParams({ limit: String(size), offset: String((at - 1) * size) }) }, rows, (row) =>
      activityView(state, row),
    )
    const link = (to: number) => withParams(call, { page: to, page_size: size })
    return ok({ ...shown, next: shown.next === null ? null : link(at + 1), previous: at > 1 ? link(at - 1) : null })
  }
  return ok(cursorPage(call, rows, size, ascending))
}

/** The cursor is a time, and an offset among the rows of that time. The last page has none: there is no cursor for "later". */
function cursorPage(call: Call, rows: Activity[], size: number, ascending: boolean): JsonObject {
  const cursor = readCursor(call.query.get('cursor'))
  const isAt = (row: Activity) => cursor === null || (ascending ? row.created_at >= cursor.time : row.created_at <= cursor.time)
  const first = rows.findIndex(isAt)
  const start = first < 0 ? rows.length : first + (cursor?.offset ?? 0)
  const results = rows.slice(start, start + size)
  const following = rows[start + size]
  const link = (row: Activity, at: number) => {
    const offset = at - rows.findIndex(({ created_at }) => created_at === row.created_at)
    return withParams(call, { cursor: Buffer.from(`${row.created_at} ${offset}`).toString('base64url') })
  }
  const before = rows[Math.max(start - size, 0)]
  return {
    next: following === undefined ? null : link(following, start + size),
    previous: start === 0 || before === undefined ? null : link(before, Math.max(start - size, 0)),
    results: results.map((row) => activityView(call.state, row)),
  }
}

function readCursor(text: string | null): { time: number; offset: number } | null {
  if (text === null) return null
  const parts = /^(\d+) (\d+)$/.exec(Buffer.from(text, 'base64url').toString())
  if (parts === null) throw validationError('Invalid cursor')
  return { time: Number(parts[1]), offset: Number(parts[2]) }
}

function selectActivity({ state, project, query }: Call, isAdvanced: boolean): Activity[] {
  const listed = (...names: string[]) =>
    names
      .flatMap((name) => query.getAll(name))
      .flatMap((value) => value.split(','))
      .filter(Boolean)
  const within = (values: string[], value: string | null) => values.length === 0 || values.includes(value ?? '')
  const scopes = listed('scope', 'scopes')
  const items = listed('item_id', ...(isAdvanced ? ['item_ids'] : []))
  const users = listed('user', ...(isAdvanced ? ['users'] : []))
  const [activities, clients] = isAdvanced ? [listed('activities'), listed('clients')] : [[], []]
  const system = isAdvanced ? query.get('is_system') : null
  const [from, to] = isAdvanced ? [readTime(query, 'start_date'), readTime(query, 'end_date')] : []
  return state.activity.where(
    (row) =>
      row.team_id === project.id &&
      within(scopes, row.scope) &&
      within(items, row.item_id) &&
      within(users, state.users.get(row.user)?.uuid ?? null) &&
      within(activities, row.activity) &&
      within(clients, row.client) &&
      (system === null || row.is_system === (system === 'true')) &&
      (from === undefined || row.created_at >= from) &&
      (to === undefined || row.created_at <= to),
  )
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (!text) return undefined
  const micros = parseTime(text)
  if (micros === undefined) throw validationError('Enter a valid date/time.', name)
  return micros
}

export const activityRoutes = [
  route('GET', 'activity_log/', 'activity_log:read', (call) => listActivity(call, false)),
  route('GET', 'advanced_activity_logs/', 'activity_log:read', (call) => listActivity(call, true)),
]
