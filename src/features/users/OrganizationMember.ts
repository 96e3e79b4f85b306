import type { MembershipLevel } from '../../auth/membershipLevel.ts'
import { visibleOrganizations } from '../../auth/visibility.ts'
import { allOf } from '../../database/allOf.ts'
import type { OrganizationMembership, Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { isInt4, nodeIdPatterns } from '../../platform/globalId.ts'
import { rolesOfUserLoader } from './data/rolesOfUserLoader.ts'
import { OrganizationMembershipLevel } from './enums.ts'
import { Role } from './Role.ts'
import { User } from './User.ts'

// An id is that of the organization and that of the person: the table has no number of its own.
nodeIdPatterns.set('OrganizationMember', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[1-9][0-9]{0,15}$/)

const idOf = ({ organizationId, userId }: OrganizationMembership) => `${organizationId}:${userId}`

export const OrganizationMember = builder.loadableNodeRef('OrganizationMember', {
  id: { resolve: idOf },
  load: (ids: string[], context: Context): Promise<OrganizationMembership[]> => {
    const viewer = requireScope(context, 'organization_member:read')
    const pairs = ids.flatMap((id) => {
      const [organizationId = '', user] = id.split(':')
      return isInt4(Number(user)) ? [{ organizationId, userId: Number(user) }] : []
    })
    const where = allOf<Prisma.OrganizationMembershipWhereInput>({ OR: pairs }, { organization: visibleOrganizations(viewer) })
    return context.db.organizationMembership.findMany({ where })
  },
  toKey: idOf,
  sort: true,
})

OrganizationMember.implement({
  description: 'A person as a member of an organization. Needs a key with the scope `organization_member:read`.',
  authScopes: { scope: 'organization_member:read' },
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The person.',
      resolve: ({ userId }) => userId,
    }),
    level: t.field({
      type: OrganizationMembershipLevel,
      description: 'What the person may do in the organization.',
      resolve: ({ level }) => level as MembershipLevel,
    }),
    joinedAt: t.expose('createdAt', { type: 'DateTime', description: 'When the person became a member.' }),
    roles: t.field({
      type: [Role],
      listSize: shortListSize,
      description: 'The roles of the person in this organization, by name.',
      resolve: async ({ organizationId, userId }, _args, context) =>
        (await rolesOfUserLoader(context).load(userId)).filter((role) => role.organizationId === organizationId),
    }),
  }),
})
