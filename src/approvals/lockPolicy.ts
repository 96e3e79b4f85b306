import { allOf } from '../db/allOf.ts'
import type { Transaction } from '../db/database.ts'
import type { ApprovalPolicy, Prisma } from '../db/generated/client.ts'
import { NotFoundRefusal } from '../errors/mutationRefusals.ts'
import type { Actor } from '../writes/Actor.ts'
import { visiblePolicies } from './ApprovalPolicy.ts'
import { lockOrganization, refuseNonAdmin } from './policyRules.ts'

/**
 * A policy that the actor may change, locked along with its organization's others.
 *
 * @throws NotFoundRefusal
 * @throws PermissionDeniedRefusal
 */
export async function lockPolicy(tx: Transaction, actor: Actor, id: number): Promise<ApprovalPolicy> {
  const where = allOf<Prisma.ApprovalPolicyWhereInput>({ id }, visiblePolicies(actor))
  const seen = await tx.approvalPolicy.findFirst({ where })
  if (seen === null) throw new NotFoundRefusal('Approval policy not found.')
  refuseNonAdmin(actor, seen.organizationId, seen.projectId === null)
  await lockOrganization(tx, seen.organizationId)
  const policy = await tx.approvalPolicy.findFirst({ where })
  if (policy === null) throw new NotFoundRefusal('Approval policy not found.')
  return policy
}
