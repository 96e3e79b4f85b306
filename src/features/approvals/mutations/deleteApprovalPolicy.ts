import { recordActivity } from '../../../commands/recordActivity.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { encodeGlobalId } from '../../../platform/globalId.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { lockPolicy } from '../data/lockPolicy.ts'
import { policyAuditValues } from '../data/validatePolicy.ts'

const DeleteApprovalPolicyInput = builder.inputType('DeleteApprovalPolicyInput', {
  description: 'Which policy.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The policy: its global id, or its number.' }) }),
})

const DeleteApprovalPolicySuccess = builder.objectRef<{ id: number }>('DeleteApprovalPolicySuccess').implement({
  description: 'The policy is gone. Needs a key with the scope `approvals:write`.',
  authScopes: { scope: 'approvals:write' },
  fields: (t) => ({
    deletedId: t.id({ description: 'The global id that the policy had.', resolve: ({ id }) => encodeGlobalId('ApprovalPolicy', id) }),
  }),
})

builder.mutationField('deleteApprovalPolicy', (t) =>
  t.field({
    type: DeleteApprovalPolicySuccess,
    description:
      'Deletes a policy. Requests that were made under it stay, and keep what it said. For admins and owners of the organization.\n\n' +
      requiresScopeText('approvals:write'),
    args: { input: t.arg({ type: DeleteApprovalPolicyInput, required: true, description: 'Which policy.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: { types: [PermissionDeniedError, ResourceNotFoundError], ...resultUnionOptions('deleteApprovalPolicy') },
    resolve: async (_root, { input }, context) => {
      const actor = toActor(context)
      const id = parseInputId('ApprovalPolicy', input.id)
      await withTransaction(context, async (unit) => {
        const { tx } = unit
        const policy = await lockPolicy(tx, actor, id)
        await tx.approvalPolicy.delete({ where: { id } })
        await recordActivity(unit, {
          activity: 'deleteApprovalPolicy',
          actor,
          now: actor.now,
          organizationId: policy.organizationId,
          projectId: policy.projectId,
          policyId: id,
          before: policyAuditValues(policy),
          after: {},
        })
      })
      clearLoaders(context)
      return { id }
    },
  }),
)
