import { builder } from '../../../graphql/builder.ts'
import { NotFoundError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'

builder.queryField('approvalPolicy', (t) =>
  t.field({
    type: ApprovalPolicy,
    nullable: true,
    description:
      'One approval policy. Needs a key with the scope `approvals:read` (`FORBIDDEN` otherwise). `NOT_FOUND` when there is no such policy, ' +
      'or the viewer cannot see its project or organization.',
    args: { id: t.arg.id({ required: true, description: "The policy's global id, or its number." }) },
    authScopes: { scope: 'approvals:read' },
    resolve: async (_root, { id }, context) => {
      const policy = await ApprovalPolicy.getDataloader(context).load(parseDatabaseId('ApprovalPolicy', id, 'id'))
      if (policy === null) throw new NotFoundError('Approval policy')
      return policy
    },
  }),
)
