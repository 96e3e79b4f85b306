import type { JsonObject } from '../../../../src/platform/json.ts'
import { validationError } from '../server/errors.ts'
import { page } from '../server/pages.ts'
import { type Answer, type Call, ok, route } from '../server/router.ts'
import type { Member, Role } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { compareNullable } from '../state/table.ts'
import { formatNullable, formatTime, parseTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

const path = '/api/organizations/:organization/'

function memberView(state: State, row: Member): JsonObject {
  return {
    id: row.id,
    user: userView(state, row.user),
    level: row.level,
    joined_at: formatTime(row.joined_at),
    updated_at: formatTime(row.updated_at),
    last_login: formatNullable(row.last_login),
    is_2fa_enabled: false,
    has_social_auth: false,
    is_guest: row.is_guest,
  }
}

/** Without deactivated users, guests and PostHog's bots. Other orders than by `joined_at` are ignored. */
function listMembers(call: Call): Answer {
  const { state, organization, query } = call
  const after = query.get('updated_after')
  const since = after === null ? undefined : parseTime(after)
  if (after !== null && since === undefined) throw validationError('Enter a valid date/time.', 'updated_after')
  const email = query.get('email')
  const guests = query.get('include_guests') === 'true'
  const sign = query.get('order') === 'joined_at' ? 1 : -1
  const rows = state.members.where((row) => {
    const user = state.users.get(row.user)
    const isListed = user?.is_active && !user.is_bot && (guests || !row.is_guest) && row.organization === organization.id
    return isListed === true && (since === undefined || row.updated_at > since) && (email === null || user?.email === email)
  })
  rows.sort((a, b) => sign * compareNullable(a.joined_at, b.joined_at))
  return ok(page(call, rows, (row) => memberView(state, row)))
}

/** There is no `updated_at` on a role. */
function roleView(state: State, row: Role): JsonObject {
  return {
    ...{ id: row.id, name: row.name, created_at: formatTime(row.created_at), created_by: userView(state, row.created_by) },
    is_default: row.is_default,
    members: row.members.map(({ id, user, joined_at, updated_at }) => ({
      ...{ id, role_id: row.id, organization_member: state.memberOf(row.organization, user)?.id ?? null, user: userView(state, user) },
      ...{ joined_at: formatTime(joined_at), updated_at: formatTime(updated_at) },
    })),
  }
}

export const peopleRoutes = [
  route('GET', `${path}members/`, 'organization_member:read', listMembers),
  route('GET', `${path}roles/`, 'organization:read', (call) => {
    const rows = call.state.roles.where(({ organization }) => organization === call.organization.id)
    return ok(page(call, rows, (row) => roleView(call.state, row)))
  }),
]
