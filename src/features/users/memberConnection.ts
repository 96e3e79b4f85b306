import { type OrganizationMembership, Prisma } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../database/keyset/sortOrder.ts'
import { builder } from '../../graphql/builder.ts'
import { type Page, readConnection } from '../../graphql/connections/connection.ts'
import type { PageArguments } from '../../graphql/connections/pageRequest.ts'
import { countRows } from '../../graphql/connections/readPage.ts'
import type { Context } from '../../graphql/context.ts'
import { OrganizationMember } from './OrganizationMember.ts'

export const OrganizationMemberConnection = builder.connectionObject(
  { type: OrganizationMember, name: 'OrganizationMemberConnection', description: 'A page of members of an organization.' },
  { name: 'OrganizationMemberEdge', description: 'A member of an organization on a page.' },
)

const order = newestFirst('members', Prisma.sql`m.created_at`)

/** In a list of one organization, the person's number identifies a member. */
const memberRows = {
  columns: Prisma.sql`m.organization_id::text AS "organizationId", m.user_id AS "userId", m.user_id AS id, m.level, m.created_at AS "createdAt"`,
  id: Prisma.sql`m.user_id`,
  parentType: 'uuid',
} as const

type MemberRow = OrganizationMembership & KeysetRow

/** A page of the members of an organization, who joined last first. */
export function readMembersPage(
  context: Context,
  organizationId: string,
  where: readonly Prisma.Sql[],
  args: PageArguments,
): Promise<Page<MemberRow>> {
  const rows = { ...memberRows, from: Prisma.sql`organization_memberships m`, parent: Prisma.sql`m.organization_id`, where }
  return readConnection<MemberRow>(context, organizationId, rows, order, args)
}

/** The members of a role's organization who have the role. */
const roleMembers: ListSource = {
  ...memberRows,
  from: Prisma.sql`role_memberships rm JOIN roles r ON r.id = rm.role_id
    JOIN organization_memberships m ON m.organization_id = r.organization_id AND m.user_id = rm.user_id`,
  parent: Prisma.sql`rm.role_id`,
  where: [Prisma.sql`true`],
}

/** A page of the members who have a role, who joined last first. */
export function readRoleMembersPage(context: Context, roleId: string, args: PageArguments): Promise<Page<MemberRow>> {
  return readConnection<MemberRow>(context, roleId, roleMembers, order, args)
}

export function countRoleMembers(context: Context, roleId: string): Promise<number> {
  return countRows(context, roleId, roleMembers)
}
