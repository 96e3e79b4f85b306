import { z } from 'zod'
import { Prisma, type Project as ProjectRow, type Role as RoleRow } from '../../database/generated/client.ts'
import type { KeysetRow } from '../../database/keyset/pageQuery.ts'
import { type SortOrder, textKey } from '../../database/keyset/sortOrder.ts'
import { likePattern, selectColumns } from '../../database/sql.ts'
import { boundedText } from '../../graphql/argumentLimits.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { readConnection } from '../../graphql/connections/connection.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { parseUuid } from '../../graphql/nodeIds.ts'
import { OrganizationMembershipLevel } from './enums.ts'
import { countRoleMembers, OrganizationMemberConnection, readMembersPage, readRoleMembersPage } from './memberConnection.ts'
import { Organization } from './Organization.ts'
import { listedProjects, ProjectConnection, projectsByName, scopedProjectsSql } from './projectConnection.ts'
import { Role } from './Role.ts'

const RoleConnection = builder.connectionObject(
  { type: Role, name: 'RoleConnection', description: 'A page of roles.' },
  { name: 'RoleEdge', description: 'A role on a page.' },
)

const rolesByName: SortOrder = {
  name: 'roles by NAME ASC',
  direction: 'ASC',
  keyType: textKey,
  expression: Prisma.sql`r.name COLLATE "C"`,
}

const searchSchema = boundedText(400).nullish()
const scope = { scope: 'organization_member:read' } as const
const needsScope = 'Needs a key with the scope `organization_member:read`. `BAD_USER_INPUT` names the wrong argument.'

builder.objectFields(Organization, (t) => ({
  projects: t.field({
    type: ProjectConnection,
    // What its rows need. The organization needs more.
    authScopes: { authenticated: true },
    description: `The projects of the organization that the key can read, ordered by name (code point). ${needsScope}`,
    args: {
      search: t.arg.string({
        description: 'Only projects whose name contains this text: at most 400 characters. Case does not matter.',
        validate: searchSchema,
      }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: ({ id }, args, context) => {
      const where = [Prisma.sql`true`, ...scopedProjectsSql(requireViewer(context).scopedProjects)]
      if (args.search) where.push(Prisma.sql`p.name ILIKE ${likePattern(args.search)}`)
      const parent = { parent: Prisma.sql`p.organization_id`, parentType: 'uuid' } as const
      const rows = { ...listedProjects, ...parent, from: Prisma.sql`projects p`, where }
      return readConnection<ProjectRow & KeysetRow>(context, id, rows, projectsByName, args)
    },
  }),
  members: t.field({
    type: OrganizationMemberConnection,
    description: `The members of the organization, who joined last first. A member must match all filters. ${needsScope}`,
    args: {
      search: t.arg.string({
        description: 'Only people whose first name or e-mail address contains this text: at most 400 characters. Case does not matter.',
        validate: searchSchema,
      }),
      levels: t.arg({
        type: [OrganizationMembershipLevel],
        description: 'Only members with one of these levels: at most 20. An empty list matches nobody.',
        validate: z.array(z.int()).max(20, 'must hold at most 20 values.').nullish(),
      }),
      roleId: t.arg.id({ description: 'Only members who have this role: its global id, or its UUID.' }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: ({ id }, args, context) => {
      const where = [Prisma.sql`true`]
      if (args.search) {
        const pattern = likePattern(args.search)
        where.push(Prisma.sql`EXISTS (
          SELECT FROM users u WHERE u.id = m.user_id AND (u.first_name ILIKE ${pattern} OR u.email ILIKE ${pattern}))`)
      }
      if (args.levels != null) where.push(Prisma.sql`m.level = ANY (${[...args.levels]}::int[])`)
      if (args.roleId != null) {
        const roleId = parseUuid('Role', args.roleId, 'roleId')
        // A role of another organization has no members here.
        where.push(
          Prisma.sql`EXISTS (SELECT FROM role_memberships rm WHERE rm.role_id = ${roleId}::uuid AND rm.user_id = m.user_id)`,
          Prisma.sql`m.organization_id = (SELECT r.organization_id FROM roles r WHERE r.id = ${roleId}::uuid)`,
        )
      }
      return readMembersPage(context, id, where, args)
    },
  }),
  roles: t.field({
    type: RoleConnection,
    // What its rows need. The organization needs more.
    authScopes: { authenticated: true },
    description: `The roles of the organization, ordered by name (code point). ${needsScope}`,
    args: {
      search: t.arg.string({
        description: 'Only roles whose name contains this text: at most 400 characters. Case does not matter.',
        validate: searchSchema,
      }),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: ({ id }, args, context) => {
      const rows = {
        from: Prisma.sql`roles r`,
        columns: selectColumns(Prisma.RoleScalarFieldEnum, 'r'),
        id: Prisma.sql`r.id`,
        idType: 'uuid',
        parent: Prisma.sql`r.organization_id`,
        parentType: 'uuid',
        where: args.search ? [Prisma.sql`r.name ILIKE ${likePattern(args.search)}`] : [Prisma.sql`true`],
      } as const
      return readConnection<RoleRow & KeysetRow>(context, id, rows, rolesByName, args)
    },
  }),
}))

builder.objectFields(Role, (t) => ({
  organization: t.field({
    type: Organization,
    authScopes: scope,
    description:
      'The organization of the role. Needs a key with the scope `organization_member:read`. Without it, leave the field out: its error ' +
      'makes the nearest nullable parent null.',
    resolve: ({ organizationId }) => organizationId,
  }),
  members: t.field({
    type: OrganizationMemberConnection,
    authScopes: scope,
    description:
      'The members of the organization who have the role, who joined last first. Needs a key with the scope `organization_member:read`, ' +
      'like `organization`.',
    args: pageArguments,
    listSize: pageListSize,
    resolve: ({ id }, args, context) => readRoleMembersPage(context, id, args),
  }),
  memberCount: t.int({
    authScopes: scope,
    description:
      'The number of members of the organization who have the role. Needs a key with the scope `organization_member:read`, like ' +
      '`organization`.',
    resolve: ({ id }, _args, context) => countRoleMembers(context, id),
  }),
}))
