import type { JsonObject } from '../../../../src/platform/json.ts'
import { forbiddenDestroy, notFound } from '../server/errors.ts'
import { page } from '../server/pages.ts'
import { type Call, ok, route } from '../server/router.ts'
import type { Action } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { compareNullable } from '../state/table.ts'
import { formatNullable, formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

const path = 'actions/'
const orders = ['name', 'created_at', 'pinned_at', 'created_by']

/** There is no `updated_at`. */
function actionView(state: State, row: Action): JsonObject {
  const { id, name, description, deleted, tags } = row
  return {
    ...{ id, name, description, tags, deleted },
    steps: row.steps.map((step) => ({ ...emptyStep, ...step, selector_regex: null })),
    pinned_at: formatNullable(row.pinned_at),
    created_by: userView(state, row.created_by),
    created_at: formatTime(row.created_at),
    last_calculated_at: formatTime(row.last_calculated_at),
    user_access_level: 'editor',
  }
}

const emptyStep = {
  ...{ event: null, properties: null, selector: null, tag_name: null, text: null, text_matching: null },
  ...{ href: null, href_matching: null, url: null, url_matching: null },
}

/** All in one answer without `limit`, and never a `next`. */
function listActions(call: Call) {
  const { state, project, query } = call
  const ordering = query.get('ordering') ?? '-created_at'
  const column = ordering.replace(/^-/, '') as keyof Action
  const sign = ordering.startsWith('-') ? -1 : 1
  const rows = state.actions.where((row) => row.team_id === project.id && !row.deleted)
  if (orders.includes(column)) rows.sort((a, b) => sign * compareNullable(a[column], b[column]))
  if (!query.has('limit')) return ok({ count: rows.length, results: rows.map((row) => actionView(state, row)) })
  const { count, results } = page(call, rows, (row) => actionView(state, row))
  return ok({ count, results })
}

export const actionRoutes = [
  route('GET', path, 'action:read', listActions),
  route('GET', `${path}:id/`, 'action:read', ({ state, project, params }) => {
    const row = state.actions.get(Number(params.id))
    if (row?.team_id !== project.id) throw notFound()
    return ok(actionView(state, row))
  }),
  route('DELETE', `${path}:id/`, 'action:write', () => {
    throw forbiddenDestroy()
  }),
]
