import type { Actor } from '../../../auth/actor.ts'
import { type VisibilityScope, visibleOrganizations, visibleProjects } from '../../../auth/visibility.ts'
import { allOf } from '../../../database/allOf.ts'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { assertAdmin, lockOrganization } from './validatePolicy.ts'

/** The policies that exist for a viewer: of the projects they see, and of the whole organizations. */
export function visiblePolicies(viewer: VisibilityScope): Prisma.ApprovalPolicyWhereInput {
  return { OR: [{ project: visibleProjects(viewer) }, { projectId: null, organization: visibleOrganizations(viewer) }] }
}

/**
 * A policy that the actor may change, locked along with its organization's others.
 *
 * @throws NotFoundRefusal
 * @throws PermissionDeniedRefusal
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
