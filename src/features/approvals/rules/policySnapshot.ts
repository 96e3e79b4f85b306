import { z } from 'zod'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'

/** The policy of a request at the time of its creation. Later edits of the policy do not affect the request (approvals.md 8). */
const snapshotSchema = z.object({
  policyId: z.int(),
  quorum: z.int().min(1),
  users: z.array(z.int()),
  roles: z.array(z.string()),
  allowSelfApprove: z.boolean(),
  conditions: z.json(),
  bypassMembershipLevels: z.array(z.int()),
  bypassRoles: z.array(z.string()),
})

export type PolicySnapshot = z.infer<typeof snapshotSchema>

export function toSnapshot(policy: ApprovalPolicy): Prisma.InputJsonObject {
  return {
    policyId: policy.id,
    quorum: policy.quorum,
    users: policy.approverUserIds,
    roles: policy.approverRoleIds,
    allowSelfApprove: policy.allowSelfApprove,
    conditions: policy.conditions as Prisma.InputJsonValue,
    bypassMembershipLevels: policy.bypassMembershipLevels,
    bypassRoles: policy.bypassRoleIds,
  }
}

/** Reads the policy snapshot of a request. Throws if it is malformed, which is a bug of the service. */
export function parseSnapshot(request: { policySnapshot: unknown }): PolicySnapshot {
  return snapshotSchema.parse(request.policySnapshot)
}
