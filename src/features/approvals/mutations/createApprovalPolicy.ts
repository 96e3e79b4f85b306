import { recordActivity } from '../../../commands/recordActivity.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { assertValid, PermissionDeniedError, ResourceNotFoundError, ValidationError } from '../../../platform/domainErrors.ts'
import { resolveInputProject } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { ApprovalConditionInput } from '../conditionInput.ts'
import { PolicyExistsError } from '../data/errors.ts'
import { assertAdmin, lockOrganization, policyAuditValues, validatePolicy } from '../data/validatePolicy.ts'
import { GatedAction, OrganizationMembershipLevel } from '../enums.ts'
import { toStoredCondition } from '../rules/policyConditions.ts'

const defaultExpirySeconds = 1_209_600

const CreateApprovalPolicyInput = builder.inputType('CreateApprovalPolicyInput', {
  description: 'A policy that is to be made.',
  fields: (t) => ({
    projectId: t.id({
      required: true,
      description: 'The project it is for, or one of the organization it is for: its global id, or its number.',
    }),
    organizationWide: t.boolean({
      required: false,
      description: 'Whether it is for every project of the organization; false when not given.',
    }),
    actionKey: t.field({ type: GatedAction, required: true, description: 'What it guards.' }),
    condition: t.field({
      type: ApprovalConditionInput,
      required: false,
      description: 'Which of these changes it guards; every one when not given.',
    }),
    quorum: t.int({ required: true, description: 'How many have to approve: 1 to 100, and no more than there are approvers.' }),
    approverUserIds: t.idList({
      required: false,
      description: 'People who may approve: global ids or numbers of active members of the organization; 100 at most.',
    }),
    approverRoleIds: t.idList({
      required: false,
      description: 'Roles of the organization whose holders may approve: global ids; 100 at most.',
    }),
    allowSelfApprove: t.boolean({
      required: false,
      description: 'Whether an approver may vote on their own request; false when not given.',
    }),
    bypassMembershipLevels: t.field({
      type: [OrganizationMembershipLevel],
      required: false,
      description: 'Levels whose members make the change at once; none when not given. Each must be listed: an owner is not an admin here.',
    }),
    bypassRoleIds: t.idList({ required: false, description: 'Roles whose holders make the change at once: global ids; 100 at most.' }),
    expiresAfterSeconds: t.int({
      required: false,
      description: 'How long a request may wait, in seconds: 1 to 31,536,000 (a year); 1,209,600 (14 days) when not given.',
    }),
    enabled: t.boolean({ required: false, description: 'Whether it is in force; true when not given.' }),
  }),
})

builder.mutationField('createApprovalPolicy', (t) =>
  t.field({
    type: ApprovalPolicy,
    description:
      'Makes a policy: from then on the changes it guards become change requests. For admins and owners of the organization. One that could make ' +
      `requests which nobody could ever approve is refused.\n\n${requiresScopeText('approvals:write')}`,
    args: { input: t.arg({ type: CreateApprovalPolicyInput, required: true, description: 'The policy.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [ValidationError, PolicyExistsError, PermissionDeniedError, ResourceNotFoundError],
      ...resultUnionOptions('createApprovalPolicy'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = toActor(context)
      const project = await resolveInputProject(context, input.projectId)
      const { organizationId } = project
      const projectId = input.organizationWide ? null : project.id
      const { actionKey, condition = null } = input
      const policy = await withTransaction(context.db, async (tx) => {
        assertAdmin(actor, organizationId, projectId === null)
        await lockOrganization(tx, organizationId)
        const { fieldErrors, columns } = await validatePolicy(
          tx,
          actor,
          organizationId,
          actionKey,
          {
            quorum: input.quorum,
            approverUserIds: (input.approverUserIds ?? []).map(String),
            approverRoleIds: (input.approverRoleIds ?? []).map(String),
            allowSelfApprove: input.allowSelfApprove ?? false,
            bypassMembershipLevels: input.bypassMembershipLevels ?? [],
            bypassRoleIds: (input.bypassRoleIds ?? []).map(String),
            expiresAfterSeconds: input.expiresAfterSeconds ?? defaultExpirySeconds,
            enabled: input.enabled ?? true,
          },
          condition,
        )
        assertValid(fieldErrors)
        const existing = await tx.approvalPolicy.findFirst({ where: { organizationId, projectId, actionKey } })
        if (existing !== null) throw new PolicyExistsError(existing)
        const created = await tx.approvalPolicy.create({
          data: {
            ...columns,
            organizationId,
            projectId,
            actionKey,
            conditions: toStoredCondition(condition),
            createdById: actor.user.id,
            createdAt: actor.now,
            updatedAt: actor.now,
          },
        })
        await recordActivity(tx, {
          activity: 'createApprovalPolicy',
          actor,
          now: actor.now,
          organizationId,
          projectId,
          policyId: created.id,
          before: {},
          after: policyAuditValues(created),
        })
        return created
      })
      clearLoaders(context)
      return policy
    },
  }),
)
