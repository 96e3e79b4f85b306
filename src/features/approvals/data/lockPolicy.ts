import type { Actor } from '../../../auth/actor.ts'
import { adminLevel, membershipLevel } from '../../../auth/membershipLevel.ts'
import { type VisibilityScope, visibleOrganizations, visibleProjects } from '../../../auth/visibility.ts'
import { allOf } from '../../../database/allOf.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'
import { PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'

/** The policies that a viewer may see: those of visible projects, and those of visible organizations as a whole. */
export function visiblePolicies(viewer: VisibilityScope): Prisma.ApprovalPolicyWhereInput {
  return { OR: [{ project: visibleProjects(viewer) }, { projectId: null, organization: visibleOrganizations(viewer) }] }
}

/**
 * Locks the organization, so that its policies are written one at a time. Each is then checked against the committed ones.
 *
 * @throws PermissionDeniedError if the actor is not an admin or owner. Also if the policy is for the whole organization, and the key is
 *   restricted to projects.
 */
export async function lockPolicies(tx: Transaction, actor: Actor, organizationId: string, projectId: number | null): Promise<void> {
  if ((membershipLevel(actor, organizationId) ?? 0) < adminLevel) {
    throw new PermissionDeniedError('Only admins and owners of the organization can manage approval policies.')
  }
  if (projectId === null && actor.scopedProjects.length > 0) {
    throw new PermissionDeniedError('API key is restricted to projects: it cannot manage policies of the whole organization.')
  }
  await tx.$queryRaw`SELECT id FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
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
  await lockPolicies(tx, actor, visible.organizationId, visible.projectId)
  const policy = await tx.approvalPolicy.findFirst({ where })
  if (policy === null) throw new ResourceNotFoundError('Approval policy not found.')
  return policy
}
