import { canonicalJson, type JsonObject } from '../../../../src/platform/json.ts'
import type { Activity } from './rows.ts'
import type { Actor, State } from './state.ts'
import { formatTime } from './time.ts'
import { userView } from './userView.ts'

export interface Change {
  type: string
  action: 'created' | 'changed' | 'deleted'
  field: string
  before: unknown
  after: unknown
}

/** The fields that differ. An empty value becomes "created" when it is filled, and a filled one "deleted" when it is emptied. */
export function diff(type: string, before: object, after: object, fields: readonly string[]): Change[] {
  return fields.flatMap((field) => {
    const [old, now] = [before, after].map((row) => (row as JsonObject)[field] ?? null)
    if (canonicalJson(old) === canonicalJson(now)) return []
    return [{ type, action: old === null ? 'created' : now === null ? 'deleted' : 'changed', field, before: old, after: now }] as const
  })
}

export interface Entry {
  scope: string
  item_id: number | string
  activity: string
  name: string | null
  type?: string | null
  changes: Change[] | null
}

/** Writes the activity log. It is best effort: a setting loses entries. Changes of a project become hints of webhooks. */
export function recordActivity(state: State, actor: Actor, team_id: number, entry: Entry): void {
  // An update that changed nothing is not logged. Bulk deletion logs its rows without changes.
  if (!state.settings.writesActivity || (entry.activity === 'updated' && entry.changes?.length === 0)) return
  const { organization } = state.projectOf({ team_id })
  const row = state.activity.add({
    id: state.uuid(),
    team_id,
    organization_id: organization,
    user: actor.user.id,
    was_impersonated: false,
    is_system: false,
    client: actor.client,
    ip_address: null,
    activity: entry.activity,
    scope: entry.scope,
    item_id: String(entry.item_id),
    created_at: state.now(),
    detail: { name: entry.name, short_id: null, type: entry.type ?? null, changes: entry.changes, trigger: null, context: null },
  })
  state.onActivity(row)
}

export function activityView(state: State, row: Activity): JsonObject {
  return { ...row, user: userView(state, row.user), created_at: formatTime(row.created_at), unread: false }
}
