import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { ApprovalConditionInput } from '../conditionInput.ts'
import { lockPolicy } from '../data/lockPolicy.ts'
import { recordPolicyActivity } from '../data/recordPolicyActivity.ts'
import { validatePolicy } from '../data/validatePolicy.ts'
import { OrganizationMembershipLevel } from '../enums.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { toStoredCondition } from '../rules/policyConditions.ts'

defineMutation({
  name: 'updateApprovalPolicy',
  type: ApprovalPolicy,
  scope: 'approvals:write',
  description: 'Changes a policy. Requests that were made under it keep what it said then. For admins and owners of the organization.',
  errors: ['validation'],
  inputDescription: 'What is to be changed of a policy. What is not given stays, and so does what is null, the condition aside.',
  argumentDescription: 'What is to be changed.',
  input: (t) => ({
    id: idInput(t, 'ApprovalPolicy', 'The policy'),
    condition: t.field({ type: ApprovalConditionInput, required: false, description: 'Which changes it guards; null for every one.' }),
    quorum: t.int({ required: false, description: 'How many have to approve: 1 to 100, and no more than there are approvers.' }),
    approverUserIds: t.idList({
      required: false,
      description: 'All the people who may approve from now on: global ids or numbers; 100 at most.',
    }),
    approverRoleIds: t.idList({
      required: false,
      description: 'All the roles whose holders may approve from now on: global ids; 100 at most.',
    }),
    allowSelfApprove: t.boolean({ required: false, description: 'Whether an approver may vote on their own request.' }),
    bypassMembershipLevels: t.field({
      type: [OrganizationMembershipLevel],
      required: false,
      description: 'All the levels whose members make the change at once from now on; an empty list for none.',
    }),
    bypassRoleIds: t.idList({
      required: false,
      description: 'All the roles whose holders make the change at once from now on; an empty list for none.',
    }),
    expiresAfterSeconds: t.int({ required: false, description: 'How long a request may wait, in seconds: 1 to 31,536,000.' }),
    enabled: t.boolean({ required: false, description: 'Whether it is in force.' }),
  }),
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const { id, condition } = input
    const before = await lockPolicy(tx, actor, id)
    const values = {
      quorum: input.quorum ?? before.quorum,
      approverUserIds: input.approverUserIds ?? before.approverUserIds.map(String),
      approverRoleIds: input.approverRoleIds ?? before.approverRoleIds,
      allowSelfApprove: input.allowSelfApprove ?? before.allowSelfApprove,
      bypassMembershipLevels: input.bypassMembershipLevels ?? before.bypassMembershipLevels,
      bypassRoleIds: input.bypassRoleIds ?? before.bypassRoleIds,
      expiresAfterSeconds: input.expiresAfterSeconds ?? before.expiresAfterSeconds,
      enabled: input.enabled ?? before.enabled,
    }
    const { fieldErrors, columns } = await validatePolicy(
      tx,
      actor,
      before.organizationId,
      before.actionKey as GatedAction,
      values,
      condition ?? null,
      (list) => input[list] != null,
    )
    assertValid(fieldErrors)
    const after = await tx.approvalPolicy.update({
      where: { id },
      data: {
        ...columns,
        ...(condition === undefined ? {} : { conditions: toStoredCondition(condition) }),
        updatedAt: actor.now,
      },
    })
    await recordPolicyActivity(unit, actor, name, before, { before, after })
    return after
  },
})
