import { defineMutation } from '../../../graphql/mutation.ts'
import { idInput } from '../../projects/inputIds.ts'
import { OrganizationMembershipLevel } from '../../users/enums.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { ApprovalConditionInput } from '../conditionInput.ts'
import { recordPolicyActivity } from '../data/activity.ts'
import { findUpstreamPolicy, reloadPolicy } from '../data/linked/upstreamVotes.ts'
import { lockPolicy } from '../data/lockPolicy.ts'
import { validatePolicy } from '../data/validatePolicy.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { toStoredCondition } from '../rules/policyConditions.ts'

defineMutation({
  name: 'updateApprovalPolicy',
  type: ApprovalPolicy,
  scope: 'approvals:write',
  description: 'Changes a policy. Existing change requests keep the policy as it was. Only for admins and owners of the organization.',
  errors: ['validation'],
  inputDescription: 'The changes to a policy. A field that is missing or null stays as it is. Exception: null removes the `condition`.',
  argumentDescription: 'The changes.',
  input: (t) => ({
    id: idInput(t, 'ApprovalPolicy', 'The policy'),
    condition: t.field({
      type: ApprovalConditionInput,
      description: 'Limits the policy to some changes. Null: the policy guards all of them.',
    }),
    quorum: t.int({
      description: 'The number of approvals that a request needs: 1 to 100, and at most the number of approvers.',
    }),
    approverUserIds: t.idList({
      description:
        'All users who may approve: global ids or numbers of active members of the organization. At most 100. Replaces the list.',
    }),
    approverRoleIds: t.idList({
      description: 'All roles whose holders may approve: global ids. At most 100. Replaces the list.',
    }),
    allowSelfApprove: t.boolean({ description: 'Whether an approver may vote on their own request.' }),
    bypassMembershipLevels: t.field({
      type: [OrganizationMembershipLevel],
      description: 'All levels whose members bypass the policy. Replaces the list; an empty list means none.',
    }),
    bypassRoleIds: t.idList({
      description: 'All roles whose holders bypass the policy: global ids. At most 100. Replaces the list; an empty list means none.',
    }),
    expiresAfterSeconds: t.int({ description: 'The time until a request expires, in seconds: 1 to 31,536,000 (a year).' }),
    enabled: t.boolean({ description: 'Whether the policy is in force.' }),
  }),
  linked: { find: (tx, _actor, input) => findUpstreamPolicy(tx, input), reload: reloadPolicy },
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const { id, condition } = input
    const before = await lockPolicy(tx, actor, id)
    const columns = await validatePolicy(tx, actor, before.organizationId, before.actionKey as GatedAction, before, input)
    const after = await tx.approvalPolicy.update({
      where: { id },
      data: { ...columns, ...(condition === undefined ? {} : { conditions: toStoredCondition(condition) }), updatedAt: actor.now },
    })
    await recordPolicyActivity(unit, actor, name, before, { before, after })
    return after
  },
})
