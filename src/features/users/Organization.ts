import type { MembershipLevel } from '../../auth/membershipLevel.ts'
import { memberLevel, membershipLevel } from '../../auth/membershipLevel.ts'
import { visibleOrganizations } from '../../auth/visibility.ts'
import { allOf } from '../../database/allOf.ts'
import type { Prisma } from '../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { nodeIdPatterns, uuidPattern } from '../../platform/globalId.ts'
import { Project } from '../projects/Project.ts'
import { OrganizationMembershipLevel } from './enums.ts'

nodeIdPatterns.set('Organization', uuidPattern)

/** The columns of an organization that its fields read. */
export const organizationColumns = { id: true, name: true } as const satisfies Prisma.OrganizationSelect

export type OrganizationRow = Prisma.OrganizationGetPayload<{ select: typeof organizationColumns }>

export const Organization = builder.loadableNodeRef('Organization', {
  id: { resolve: ({ id }: OrganizationRow) => id },
  load: (ids: string[], context: Context): Promise<OrganizationRow[]> => {
    const viewer = requireScope(context, 'organization_member:read')
    const where = allOf<Prisma.OrganizationWhereInput>({ id: { in: ids } }, visibleOrganizations(viewer))
    return context.db.organization.findMany({ where, select: organizationColumns })
  },
  toKey: ({ id }) => id,
  sort: true,
})

Organization.implement({
  description:
    'The place of people, roles and projects. A key sees the organizations of its person. A key that is restricted to projects sees the ' +
    'organizations of those alone. Needs a key with the scope `organization_member:read`.',
  authScopes: { scope: 'organization_member:read' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the organization. It is not unique.' }),
    viewerLevel: t.field({
      type: OrganizationMembershipLevel,
      description: 'The membership level of the viewer.',
      resolve: ({ id }, _args, context) => (membershipLevel(requireViewer(context), id) ?? memberLevel) as MembershipLevel,
    }),
  }),
})

builder.objectField(Project, 'organization', (t) =>
  t.field({
    type: Organization,
    authScopes: { scope: 'organization_member:read' },
    description:
      'The organization of the project. Needs a key with the scope `organization_member:read`. Without it, leave the field out: its error ' +
      'makes the nearest nullable parent null.',
    resolve: ({ organizationId }) => organizationId,
  }),
)
