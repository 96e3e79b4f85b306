import { z } from 'zod'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'

/** The policy of a request at the time of its creation. Later edits of the policy do not affect the request (approvals.md 8). */
const snapshotSchema = z.object({
  policyId: z.int32(),
  quorum: z.int32().min(1),
  users: z.array(z.int32()),
  roles: z.array(z.guid()),
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

/** What counts where the snapshot of a request is damaged: nobody may approve it, and its policy is gone. */
const nobodyMayApprove: PolicySnapshot = {
  policyId: 0,
  quorum: 1,
  users: [],
  roles: [],
  allowSelfApprove: false,
  conditions: {},
  bypassMembershipLevels: [],
  bypassRoles: [],
}

/** Reads the policy snapshot of a request. Nobody may approve one whose snapshot is damaged. */
export function parseSnapshot(request: { policySnapshot: unknown }): PolicySnapshot {
  return snapshotSchema.safeParse(request.policySnapshot).data ?? nobodyMayApprove
}

export function isDamagedSnapshot(request: { policySnapshot: unknown }): boolean {
  return !snapshotSchema.safeParse(request.policySnapshot).success
}
