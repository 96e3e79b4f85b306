import type { Actor } from '../../../auth/actor.ts'
import { type VisibilityScope, visibleOrganizations, visibleProjects } from '../../../auth/visibility.ts'
import { allOf } from '../../../database/allOf.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'
import { ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { assertAdmin, lockOrganization } from './validatePolicy.ts'

/** The policies that a viewer may see: those of visible projects, and those of visible organizations as a whole. */
export function visiblePolicies(viewer: VisibilityScope): Prisma.ApprovalPolicyWhereInput {
  return { OR: [{ project: visibleProjects(viewer) }, { projectId: null, organization: visibleOrganizations(viewer) }] }
}

/**
 * Locks the policies of an organization, and returns one that the actor may change.
 *
 * @throws ResourceNotFoundError if the actor cannot see the policy.
 * @throws PermissionDeniedError if the actor may not manage it.
 */
export async function lockPolicy(tx: Transaction, actor: Actor, id: number): Promise<ApprovalPolicy> {
  const where = allOf<Prisma.ApprovalPolicyWhereInput>({ id }, visiblePolicies(actor))
  const visible = await tx.approvalPolicy.findFirst({ where })
  if (visible === null) throw new ResourceNotFoundError('Approval policy not found.')
  assertAdmin(actor, visible.organizationId, visible.projectId === null)
  await lockOrganization(tx, visible.organizationId)
  const policy = await tx.approvalPolicy.findFirst({ where })
  if (policy === null) throw new ResourceNotFoundError('Approval policy not found.')
  return policy
}
