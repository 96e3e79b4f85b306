import { type VisibilityScope, visibleOrganizationsWhere, visibleProjects } from '../../../auth/viewer.ts'
import type { Prisma } from '../../../database/generated/client.ts'

/** The policies that exist for a viewer: of the projects they see, and of the whole organizations. */
export function visiblePolicies(viewer: VisibilityScope): Prisma.ApprovalPolicyWhereInput {
  return { OR: [{ project: visibleProjects(viewer) }, { projectId: null, organization: visibleOrganizationsWhere(viewer) }] }
}
