import type { Viewer as ViewerRow } from '../../auth/viewer.ts'
import { visibleOrganizationIds, visibleOrganizations } from '../../auth/visibility.ts'
import { Prisma, type Project as ProjectRow } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../database/keyset/pageQuery.ts'
import { type SortOrder, textKey } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { readConnection } from '../../graphql/connections/connection.ts'
import { pageListSize, shortListSize } from '../../graphql/listSizes.ts'
import { Organization, type OrganizationRow, organizationColumns } from './Organization.ts'
import { OrganizationMember } from './OrganizationMember.ts'
import { listedProjects, ProjectConnection, projectsByName, scopedProjectsSql } from './projectConnection.ts'
import { User } from './User.ts'
import { ViewerKey } from './ViewerKey.ts'

/** The projects of `visibleProjects`, with the id of the viewer as the parent. */
function viewerProjects(viewer: ViewerRow): ListSource {
  return {
    ...listedProjects,
    from: Prisma.sql`projects p JOIN organization_memberships m ON m.organization_id = p.organization_id`,
    parent: Prisma.sql`m.user_id`,
    where: [Prisma.sql`p.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[])`, ...scopedProjectsSql(viewer.scopedProjects)],
  }
}

const OrganizationConnection = builder.connectionObject(
  { type: Organization, name: 'OrganizationConnection', description: 'A page of organizations.' },
  { name: 'OrganizationEdge', description: 'An organization on a page.' },
)

const organizationsByName: SortOrder = {
  name: 'organizations by NAME ASC',
  direction: 'ASC',
  keyType: textKey,
  expression: Prisma.sql`o.name COLLATE "C"`,
}

/** The organizations of `visibleOrganizations`, with the id of the viewer as the parent. */
function viewerOrganizations(viewer: ViewerRow): ListSource {
  const where = [Prisma.sql`o.id = ANY (${visibleOrganizationIds(viewer)}::uuid[])`]
  if (viewer.scopedProjects.length > 0) {
    where.push(Prisma.sql`EXISTS (
      SELECT FROM projects p WHERE p.organization_id = o.id AND p.id = ANY (${[...viewer.scopedProjects]}::int[]))`)
  }
  return {
    // OFFSET 0 keeps PostgreSQL from reading all organizations.
    from: Prisma.sql`organization_memberships m
      CROSS JOIN LATERAL (SELECT * FROM organizations o WHERE o.id = m.organization_id OFFSET 0) AS o`,
    columns: selectColumns(organizationColumns, 'o'),
    id: Prisma.sql`o.id`,
    idType: 'uuid',
    parent: Prisma.sql`m.user_id`,
    where,
  }
}

export const Viewer = builder.objectRef<ViewerRow>('Viewer').implement({
  description: 'The user behind the key of the request. Any valid key can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    user: t.expose('user', { type: User, description: 'The person whom the key belongs to.' }),
    scopes: t.stringList({
      description: 'The scopes of the key, such as `experiment:read`, or `*` for all. A `write` scope includes `read`.',
      resolve: ({ scopes }) => [...scopes].sort(),
    }),
    key: t.field({ type: ViewerKey, description: 'The key of the request.', resolve: (viewer) => viewer }),
    organizations: t.field({
      type: OrganizationConnection,
      authScopes: { scope: 'organization_member:read' },
      description:
        'The organizations that the key can read, ordered by name (code point). Needs a key with the scope `organization_member:read`. ' +
        'Without it, leave the field out: its error makes `viewer` null. `BAD_USER_INPUT` names the wrong argument.',
      args: pageArguments,
      listSize: pageListSize,
      resolve: (viewer, args, context) =>
        readConnection<OrganizationRow & KeysetRow>(context, viewer.user.id, viewerOrganizations(viewer), organizationsByName, args),
    }),
    memberships: t.field({
      type: [OrganizationMember],
      authScopes: { scope: 'organization_member:read' },
      listSize: shortListSize,
      description:
        'The person as a member of each organization that the key can read, the first one first. Needs a key with the scope ' +
        '`organization_member:read`, like `organizations`.',
      resolve: (viewer, _args, context) =>
        context.db.organizationMembership.findMany({
          where: { userId: viewer.user.id, organization: visibleOrganizations(viewer) },
          orderBy: [{ createdAt: 'asc' }, { organizationId: 'asc' }],
          take: 1_000,
        }),
    }),
    projects: t.field({
      type: ProjectConnection,
      description:
        'The projects that the key can read, ordered by name (code point): those of the organizations of the person, without those that ' +
        'the key is restricted from. `BAD_USER_INPUT` names the wrong argument.',
      args: pageArguments,
      listSize: pageListSize,
      resolve: (viewer, args, context) =>
        readConnection<ProjectRow & KeysetRow>(context, viewer.user.id, viewerProjects(viewer), projectsByName, args),
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'The user behind the key of the request. Needs any valid key (`UNAUTHENTICATED` otherwise).',
    authScopes: { authenticated: true },
    resolve: (_root, _args, context) => requireViewer(context),
  }),
)
