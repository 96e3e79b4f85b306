import { recordActivity } from '../../../commands/recordActivity.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { assertValid, PermissionDeniedError, ResourceNotFoundError, ValidationError } from '../../../platform/domainErrors.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { ApprovalConditionInput } from '../conditionInput.ts'
import { lockPolicy } from '../data/lockPolicy.ts'
import { policyAuditValues, validatePolicy } from '../data/validatePolicy.ts'
import { OrganizationMembershipLevel } from '../enums.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { toStoredCondition } from '../rules/policyConditions.ts'

const UpdateApprovalPolicyInput = builder.inputType('UpdateApprovalPolicyInput', {
  description: 'What is to be changed of a policy. What is not given stays, and so does what is null, the condition aside.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The policy: its global id, or its number.' }),
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
})

builder.mutationField('updateApprovalPolicy', (t) =>
  t.field({
    type: ApprovalPolicy,
    description:
      'Changes a policy. Requests that were made under it keep what it said then. For admins and owners of the organization.\n\n' +
      requiresScopeText('approvals:write'),
    args: { input: t.arg({ type: UpdateApprovalPolicyInput, required: true, description: 'What is to be changed.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: { types: [ValidationError, PermissionDeniedError, ResourceNotFoundError], ...resultUnionOptions('updateApprovalPolicy') },
    resolve: async (_root, { input }, context) => {
      const actor = toActor(context)
      const id = parseInputId('ApprovalPolicy', input.id)
      const policy = await withTransaction(context, async (unit) => {
        const { tx } = unit
        const before = await lockPolicy(tx, actor, id)
        const { fieldErrors, columns } = await validatePolicy(
          tx,
          actor,
          before.organizationId,
          before.actionKey as GatedAction,
          {
            quorum: input.quorum ?? before.quorum,
            approverUserIds: (input.approverUserIds ?? before.approverUserIds).map(String),
            approverRoleIds: (input.approverRoleIds ?? before.approverRoleIds).map(String),
            allowSelfApprove: input.allowSelfApprove ?? before.allowSelfApprove,
            bypassMembershipLevels: input.bypassMembershipLevels ?? before.bypassMembershipLevels,
            bypassRoleIds: (input.bypassRoleIds ?? before.bypassRoleIds).map(String),
            expiresAfterSeconds: input.expiresAfterSeconds ?? before.expiresAfterSeconds,
            enabled: input.enabled ?? before.enabled,
          },
          input.condition ?? null,
          (list) => input[list] != null,
        )
        assertValid(fieldErrors)
        const after = await tx.approvalPolicy.update({
          where: { id },
          data: {
            ...columns,
            ...(input.condition === undefined ? {} : { conditions: toStoredCondition(input.condition) }),
            updatedAt: actor.now,
          },
        })
        await recordActivity(unit, {
          activity: 'updateApprovalPolicy',
          actor,
          now: actor.now,
          organizationId: before.organizationId,
          projectId: before.projectId,
          policyId: id,
          before: policyAuditValues(before),
          after: policyAuditValues(after),
        })
        return after
      })
      clearLoaders(context)
      return policy
    },
  }),
)
