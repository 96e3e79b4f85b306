import { allOf } from '../database/allOf.ts'
import { Prisma } from '../database/generated/client.ts'
import type { Viewer } from './viewer.ts'

// Which rows exist for a viewer.

/** What decides which rows exist for a viewer. */
export type VisibilityScope = Pick<Viewer, 'organizations' | 'scopedOrganizations' | 'scopedProjects'>

/** The organizations whose projects exist for a viewer: they belong to it, it lets them use keys, and the key is not for others only. */
export function visibleOrganizationIds({ organizations, scopedOrganizations }: Omit<VisibilityScope, 'scopedProjects'>): string[] {
  return organizations
    .filter(({ id, allowsApiKeys }) => allowsApiKeys && (scopedOrganizations.length === 0 || scopedOrganizations.includes(id)))
    .map(({ id }) => id)
}

/** The people who exist for a viewer: themselves, and the members of the organizations whose projects exist for them. */
export function visibleUsers(viewer: Viewer): Prisma.UserWhereInput {
  const colleagues = allOf<Prisma.OrganizationMembershipWhereInput>(
    { organizationId: { in: visibleOrganizationIds(viewer) } },
    viewer.scopedProjects.length === 0 ? {} : { organization: hasScopedProject(viewer) },
  )
  return { OR: [{ id: viewer.user.id }, { memberships: { some: colleagues } }] }
}

/** The organizations that exist for a viewer: those with a project that the key is for, when it is for some only. */
export function visibleOrganizations(viewer: VisibilityScope): Prisma.OrganizationWhereInput {
  return allOf<Prisma.OrganizationWhereInput>(
    { id: { in: visibleOrganizationIds(viewer) } },
    viewer.scopedProjects.length === 0 ? {} : hasScopedProject(viewer),
  )
}

function hasScopedProject({ scopedProjects }: Pick<Viewer, 'scopedProjects'>): Prisma.OrganizationWhereInput {
  return { projects: { some: { id: { in: [...scopedProjects] } } } }
}

/** The projects that exist for a viewer. Every look-up of rows that belong to a project goes through this. */
export function visibleProjects(viewer: VisibilityScope): Prisma.ProjectWhereInput {
  return allOf<Prisma.ProjectWhereInput>(
    { organizationId: { in: visibleOrganizationIds(viewer) } },
    viewer.scopedProjects.length === 0 ? {} : { id: { in: [...viewer.scopedProjects] } },
  )
}

/**
 * Holds for a row of one of the projects that `visibleProjects` means, for statements by hand. OFFSET 0 keeps the look-up from becoming a
 * join, for which PostgreSQL may read every project of the viewer's organizations, or of all.
 *
 * @param project the column that holds the number of the row's project
 */
export function visibleProjectSql(viewer: VisibilityScope, project: Prisma.Sql): Prisma.Sql {
  const scoped = viewer.scopedProjects.length === 0 ? Prisma.empty : Prisma.sql`AND v.id = ANY (${[...viewer.scopedProjects]}::int[])`
  return Prisma.sql`EXISTS (
      SELECT FROM projects v WHERE v.id = ${project} AND v.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[]) ${scoped} OFFSET 0
    )`
}
