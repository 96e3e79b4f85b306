import { builder } from '../../../graphql/builder.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { encodeGlobalId } from '../../../platform/globalId.ts'
import { idInput } from '../../projects/inputIds.ts'
import { recordPolicyActivity } from '../data/activity.ts'
import { findUpstreamPolicy } from '../data/linked/upstreamVotes.ts'
import { lockPolicy } from '../data/lockPolicy.ts'

const DeleteApprovalPolicySuccess = builder.objectRef<{ id: number }>('DeleteApprovalPolicySuccess').implement({
  description: 'The policy was deleted. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    deletedId: t.id({ description: 'The global id of the deleted policy.', resolve: ({ id }) => encodeGlobalId('ApprovalPolicy', id) }),
  }),
})

defineMutation({
  name: 'deleteApprovalPolicy',
  type: DeleteApprovalPolicySuccess,
  scope: 'approvals:write',
  description: 'Deletes a policy. Existing change requests stay and keep its rules. Only for admins and owners of the organization.',
  errors: [],
  inputDescription: 'The policy to delete.',
  input: (t) => ({ id: idInput(t, 'ApprovalPolicy', 'The policy') }),
  linked: { find: (tx, _actor, input) => findUpstreamPolicy(tx, input), reload: async (_context, id) => ({ id }) },
  act: async (unit, actor, { id }, { name }) => {
    const { tx } = unit
    const policy = await lockPolicy(tx, actor, id)
    await tx.approvalPolicy.delete({ where: { id } })
    await recordPolicyActivity(unit, actor, name, policy, { before: policy })
    return { id }
  },
})
