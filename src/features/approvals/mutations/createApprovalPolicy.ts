import { findWritableProject } from '../../../commands/rowLocks.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { projectInput } from '../../projects/inputIds.ts'
import { OrganizationMembershipLevel } from '../../users/enums.ts'
import { ApprovalPolicy } from '../ApprovalPolicy.ts'
import { ApprovalConditionInput } from '../conditionInput.ts'
import { recordPolicyActivity } from '../data/activity.ts'
import { PolicyExistsError } from '../data/errors.ts'
import { findNewPolicy, reloadPolicy } from '../data/linked/upstreamVotes.ts'
import { lockPolicies } from '../data/lockPolicy.ts'
import { policyDefaults, validatePolicy } from '../data/validatePolicy.ts'
import { GatedAction } from '../enums.ts'
import { toStoredCondition } from '../rules/policyConditions.ts'

defineMutation({
  name: 'createApprovalPolicy',
  type: ApprovalPolicy,
  scope: 'approvals:write',
  description:
    'Creates a policy. From then on, the changes that it guards become change requests. Only for admins and owners of the organization. ' +
    'A policy in force with a quorum that cannot be reached is a `ValidationError`.',
  errors: ['validation', PolicyExistsError],
  inputDescription: 'A new policy.',
  argumentDescription: 'The policy.',
  input: (t) => ({
    projectId: projectInput(t, 'The project of the policy, or any project of its organization'),
    organizationWide: t.boolean({
      description: 'Whether the policy applies to every project of the organization. Default: false.',
    }),
    actionKey: t.field({ type: GatedAction, required: true, description: 'The action that the policy guards.' }),
    condition: t.field({
      type: ApprovalConditionInput,
      description: 'Limits the policy to some of these changes. By default, it guards all of them.',
    }),
    quorum: t.int({
      required: true,
      description: 'The number of approvals that a request needs: 1 to 100, and at most the number of approvers.',
    }),
    approverUserIds: t.idList({
      description: 'Users who may approve: global ids or numbers of active members of the organization. At most 100.',
    }),
    approverRoleIds: t.idList({
      description: 'Roles of the organization whose holders may approve: global ids. At most 100.',
    }),
    allowSelfApprove: t.boolean({
      description: 'Whether an approver may vote on their own request. Default: false.',
    }),
    bypassMembershipLevels: t.field({
      type: [OrganizationMembershipLevel],
      description:
        'Levels whose members bypass the policy: their changes are made at once. Default: none. List each level: `ADMIN` does not ' +
        'include owners.',
    }),
    bypassRoleIds: t.idList({ description: 'Roles whose holders bypass the policy: global ids. At most 100.' }),
    expiresAfterSeconds: t.int({
      description: 'The time until a request expires, in seconds: 1 to 31,536,000 (a year). Default: 1,209,600 (14 days).',
    }),
    enabled: t.boolean({ description: 'Whether the policy is in force. Default: true.' }),
  }),
  linked: { find: (tx, _actor, input) => findNewPolicy(tx, input), reload: reloadPolicy },
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const project = await findWritableProject(tx, actor, input.projectId)
    const { organizationId } = project
    const projectId = input.organizationWide ? null : project.id
    const { actionKey, quorum, condition } = input
    await lockPolicies(tx, actor, organizationId, projectId)
    const columns = await validatePolicy(tx, actor, organizationId, actionKey, { ...policyDefaults, quorum }, input)
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
