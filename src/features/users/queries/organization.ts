import { builder } from '../../../graphql/builder.ts'
import { NotFoundError } from '../../../graphql/errors.ts'
import { parseUuid } from '../../../graphql/nodeIds.ts'
import { Organization } from '../Organization.ts'

builder.queryField('organization', (t) =>
  t.field({
    type: Organization,
    nullable: true,
    description:
      'One organization. Needs a key with the scope `organization_member:read` (`FORBIDDEN` otherwise). `NOT_FOUND` when there is no such ' +
      'organization, the viewer is not a member, or the key is restricted to others.',
    args: { id: t.arg.id({ required: true, description: "The organization's global id, or its UUID as in the REST API." }) },
    authScopes: { scope: 'organization_member:read' },
    resolve: async (_root, { id }, context) => {
      const organization = await Organization.getDataloader(context).load(parseUuid('Organization', id, 'id'))
      if (organization === null) throw new NotFoundError('Organization')
      return organization
    },
  }),
)
