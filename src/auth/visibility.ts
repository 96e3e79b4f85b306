import { allOf } from '../database/allOf.ts'
import { Prisma } from '../database/generated/client.ts'
import type { Viewer } from './viewer.ts'

// The rows that a viewer may see. For others, the API behaves as if they did not exist.

/** The parts of a viewer that decide which rows are visible. */
export type VisibilityScope = Pick<Viewer, 'organizations' | 'scopedOrganizations' | 'scopedProjects'>

/** The organizations of the viewer that allow the viewer's keys. If the key is restricted to organizations, only those. */
export function visibleOrganizationIds({ organizations, scopedOrganizations }: Omit<VisibilityScope, 'scopedProjects'>): string[] {
  return organizations
    .filter(({ id, allowsApiKeys }) => allowsApiKeys && (scopedOrganizations.length === 0 || scopedOrganizations.includes(id)))
    .map(({ id }) => id)
}

/** The users that a viewer sees: the viewer, and the members of organizations with projects that the viewer sees. */
export function visibleUsers(viewer: Viewer): Prisma.UserWhereInput {
  const colleagues = allOf<Prisma.OrganizationMembershipWhereInput>(
    { organizationId: { in: visibleOrganizationIds(viewer) } },
    viewer.scopedProjects.length === 0 ? {} : { organization: hasScopedProject(viewer) },
  )
  return { OR: [{ id: viewer.user.id }, { memberships: { some: colleagues } }] }
}

/** The organizations that a viewer sees. If the key is restricted to projects, only the organizations of those. */
export function visibleOrganizations(viewer: VisibilityScope): Prisma.OrganizationWhereInput {
  return allOf<Prisma.OrganizationWhereInput>(
    { id: { in: visibleOrganizationIds(viewer) } },
    viewer.scopedProjects.length === 0 ? {} : hasScopedProject(viewer),
  )
}

function hasScopedProject({ scopedProjects }: Pick<Viewer, 'scopedProjects'>): Prisma.OrganizationWhereInput {
  return { projects: { some: { id: { in: [...scopedProjects] } } } }
}

/** The projects that a viewer sees. Every lookup of rows of a project uses this filter. */
export function visibleProjects(viewer: VisibilityScope): Prisma.ProjectWhereInput {
  return allOf<Prisma.ProjectWhereInput>(
    { organizationId: { in: visibleOrganizationIds(viewer) } },
    viewer.scopedProjects.length === 0 ? {} : { id: { in: [...viewer.scopedProjects] } },
  )
}

/**
 * `visibleProjects` as an SQL condition, for hand-written statements. OFFSET 0 keeps PostgreSQL from turning the subquery into a join.
 * With a join, it may read every project of the viewer's organizations, or of all organizations.
 *
 * @param project the column with the number of the row's project
 */
export function visibleProjectSql(viewer: VisibilityScope, project: Prisma.Sql): Prisma.Sql {
  const scoped = viewer.scopedProjects.length === 0 ? Prisma.empty : Prisma.sql`AND v.id = ANY (${[...viewer.scopedProjects]}::int[])`
  return Prisma.sql`EXISTS (
      SELECT FROM projects v WHERE v.id = ${project} AND v.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[]) ${scoped} OFFSET 0
    )`
}
