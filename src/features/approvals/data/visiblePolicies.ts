import { type VisibilityScope, visibleOrganizationsWhere, visibleProjects } from '../../../auth/viewer.ts'
import type { Prisma } from '../../../database/generated/client.ts'

/** The policies that a viewer may see: those of visible projects, and those of visible organizations as a whole. */
export function visiblePolicies(viewer: VisibilityScope): Prisma.ApprovalPolicyWhereInput {
  return { OR: [{ project: visibleProjects(viewer) }, { projectId: null, organization: visibleOrganizationsWhere(viewer) }] }
}
