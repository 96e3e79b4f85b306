import { builder } from '../../../graphql/builder.ts'
import { NotFoundError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { changeRequestLoader } from '../data/loaders.ts'

builder.queryField('changeRequest', (t) =>
  t.field({
    type: ChangeRequest,
    nullable: true,
    description:
      'One change request. Needs a key with the scope `approvals:read` (`FORBIDDEN` otherwise). `NOT_FOUND` when there is no such request, or ' +
      'the viewer cannot see its project.',
    args: { id: t.arg.id({ required: true, description: "The request's global id, or its number." }) },
    authScopes: { scope: 'approvals:read' },
    resolve: async (_root, { id }, context) => {
      const request = await changeRequestLoader(context).load(parseDatabaseId('ChangeRequest', id, 'id'))
      if (request === null) throw new NotFoundError('Change request')
      return request
    },
  }),
)
