import type { Viewer } from '../../../../auth/viewer.ts'
import { Prisma } from '../../../../database/generated/client.ts'

/**
 * A condition on `change_requests c`: it is pending and not expired, and the viewer may vote on it and has not (`canVote` and `stateAt` as
 * SQL). An approver by a role must still hold it. It does not check visibility.
 */
export function waitingForSql({ user: { id } }: Pick<Viewer, 'user'>, now: Date): Prisma.Sql {
  return Prisma.sql`(
    c.state = 'PENDING' AND c.expires_at > ${now}::timestamptz
    AND (c.requested_by_id IS DISTINCT FROM ${id}::int OR (c.policy_snapshot ->> 'allowSelfApprove')::boolean)
    AND (
      c.policy_snapshot -> 'users' @> to_jsonb(${id}::int)
      OR EXISTS (SELECT FROM role_memberships rm WHERE rm.user_id = ${id}::int AND c.policy_snapshot -> 'roles' @> to_jsonb(rm.role_id::text))
    )
    AND NOT EXISTS (SELECT FROM approvals v WHERE v.change_request_id = c.id AND v.created_by_id = ${id}::int)
  )`
}
