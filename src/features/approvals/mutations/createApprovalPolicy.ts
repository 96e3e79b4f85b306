import { findWritableProject } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { ApprovalConditionInput } from '../conditionInput.ts'
import { PolicyExistsError } from '../data/errors.ts'
import { recordPolicyActivity } from '../data/recordPolicyActivity.ts'
import { assertAdmin, lockOrganization, validatePolicy } from '../data/validatePolicy.ts'
import { GatedAction, OrganizationMembershipLevel } from '../enums.ts'
import { toStoredCondition } from '../rules/policyConditions.ts'

const defaultExpirySeconds = 1_209_600

defineMutation({
  name: 'createApprovalPolicy',
  type: ApprovalPolicy,
  scope: 'approvals:write',
  description:
    'Makes a policy: from then on the changes it guards become change requests. For admins and owners of the organization. One that could make ' +
    'requests which nobody could ever approve is refused.',
  errors: ['validation', PolicyExistsError],
  inputDescription: 'A policy that is to be made.',
  argumentDescription: 'The policy.',
  input: (t) => ({
    projectId: projectInput(t, 'The project it is for, or one of the organization it is for'),
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
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const project = await findWritableProject(tx, actor, input.projectId)
    const { organizationId } = project
    const projectId = input.organizationWide ? null : project.id
    const { actionKey, condition = null } = input
    assertAdmin(actor, organizationId, projectId === null)
    await lockOrganization(tx, organizationId)
    const values = {
      quorum: input.quorum,
      approverUserIds: input.approverUserIds ?? [],
      approverRoleIds: input.approverRoleIds ?? [],
      allowSelfApprove: input.allowSelfApprove ?? false,
      bypassMembershipLevels: input.bypassMembershipLevels ?? [],
      bypassRoleIds: input.bypassRoleIds ?? [],
      expiresAfterSeconds: input.expiresAfterSeconds ?? defaultExpirySeconds,
      enabled: input.enabled ?? true,
    }
    const { fieldErrors, columns } = await validatePolicy(tx, actor, organizationId, actionKey, values, condition)
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
    await recordPolicyActivity(unit, actor, name, created, { after: created })
    return created
  },
})
