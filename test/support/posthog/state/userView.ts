import type { JsonObject } from '../../../../src/platform/json.ts'
import type { State } from './state.ts'

/** The basic user object. A user who is no member any more still has one. */
export function userView(state: State, id: number | null): JsonObject | null {
  const user = state.users.get(id)
  if (user === undefined) return null
  const { uuid, distinct_id, first_name, last_name, email, is_email_verified, role_at_organization } = user
  return { id: user.id, uuid, distinct_id, first_name, last_name, email, is_email_verified, role_at_organization, hedgehog_config: null }
}
