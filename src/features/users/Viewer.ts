import type { Viewer as ViewerRow } from '../../auth/viewer.ts'
import { visibleOrganizationIds } from '../../auth/visibility.ts'
import { Prisma, type Project as ProjectRow } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../database/keyset/pageQuery.ts'
import { type SortOrder, textKey } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { readConnection } from '../../graphql/connections/connection.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { Project } from '../projects/Project.ts'
import { User } from './User.ts'

const ProjectConnection = builder.connectionObject(
  { type: Project, name: 'ProjectConnection', description: 'A page of projects.' },
  { name: 'ProjectEdge', description: 'A project on a page.' },
)

const nameOrder: SortOrder = {
  name: 'projects by NAME ASC',
  direction: 'ASC',
  keyType: textKey,
  expression: Prisma.sql`p.name COLLATE "C"`,
}

/** The projects of `visibleProjects`, with the id of the viewer as the parent. */
function viewerProjects(viewer: ViewerRow): ListSource {
  const where = [Prisma.sql`p.organization_id = ANY (${visibleOrganizationIds(viewer)}::uuid[])`]
  if (viewer.scopedProjects.length > 0) where.push(Prisma.sql`p.id = ANY (${[...viewer.scopedProjects]}::int[])`)
  return {
    from: Prisma.sql`projects p JOIN organization_memberships m ON m.organization_id = p.organization_id`,
    columns: selectColumns(Prisma.ProjectScalarFieldEnum, 'p'),
    id: Prisma.sql`p.id`,
    parent: Prisma.sql`m.user_id`,
    where,
  }
}

const Viewer = builder.objectRef<ViewerRow>('Viewer').implement({
  description: 'The user behind the key of the request. Any valid key can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    user: t.expose('user', { type: User, description: 'The person whom the key belongs to.' }),
    scopes: t.stringList({
      description: 'The scopes of the key, such as `experiment:read`, or `*` for all. A `write` scope includes `read`.',
      resolve: ({ scopes }) => [...scopes].sort(),
    }),
    projects: t.field({
      type: ProjectConnection,
      description:
        'The projects that the key can read, ordered by name (code point): those of the organizations of the person, without those that ' +
        'the key is restricted from. `BAD_USER_INPUT` names the wrong argument.',
      args: pageArguments,
      listSize: pageListSize,
      resolve: (viewer, args, context) =>
        readConnection<ProjectRow & KeysetRow>(context, viewer.user.id, viewerProjects(viewer), nameOrder, args),
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
