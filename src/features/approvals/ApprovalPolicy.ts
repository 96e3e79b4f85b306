import type { MembershipLevel } from '../../auth/membershipLevel.ts'
import { allOf } from '../../database/allOf.ts'
import type { Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { Project } from '../projects/Project.ts'
import { loadUsers } from '../users/data/userLoader.ts'
import { OrganizationMembershipLevel } from '../users/enums.ts'
import { Role, rolesById } from '../users/Role.ts'
import { User } from '../users/User.ts'
import { approvalAccess } from './Approval.ts'
import { visiblePolicies } from './data/lockPolicy.ts'
import { GatedAction } from './enums.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'

export const ApprovalPolicy = nodeRef('ApprovalPolicy', (context, ids) => {
  const visible = visiblePolicies(requireScope(context, 'approvals:read'))
  return context.db.approvalPolicy.findMany({ where: allOf<Prisma.ApprovalPolicyWhereInput>({ id: { in: ids } }, visible) })
})

ApprovalPolicy.implement({
  description:
    'A rule that an action on flags needs approval, and by whom. A policy of a project replaces the one of the organization for the ' +
    'same action, unless its own condition does not match. Needs a key with the scope `approvals:read`.',
  ...approvalAccess,
  fields: (t) => ({
    project: t.field({
      type: Project,
      nullable: true,
      description: 'The project that it applies to. Null when it applies to the whole organization.',
      resolve: (policy) => policy.projectId,
    }),
    actionKey: t.field({ type: GatedAction, description: 'The action that it guards.', resolve: (policy) => policy.actionKey as Action }),
    conditions: t.expose('conditions', {
      type: 'JSON',
      description:
        'Which changes of the action it guards: every change when empty. Otherwise `type` and, depending on the type, `field`, `operator` and `value`.',
    }),
    quorum: t.exposeInt('quorum', { description: 'The number of approvals that are needed: at least 1.' }),
    approverUsers: t.field({
      type: [User],
      listSize: shortListSize,
      description: 'The people who may approve. Accounts that are gone are left out.',
      resolve: (policy, _args, context) => loadUsers(context, policy.approverUserIds),
    }),
    approverRoles: t.field({
      type: [Role],
      listSize: shortListSize,
      description: 'The roles whose members may approve. Roles that are gone are left out.',
      resolve: (policy, _args, context) => rolesById(context, policy.approverRoleIds),
    }),
    allowSelfApprove: t.exposeBoolean('allowSelfApprove', { description: 'Whether an approver may vote on their own request.' }),
    bypassMembershipLevels: t.field({
      type: [OrganizationMembershipLevel],
      description: 'The membership levels that need no approval. Each must be listed: an owner does not count as an admin.',
      resolve: (policy) => policy.bypassMembershipLevels as MembershipLevel[],
    }),
    bypassRoles: t.field({
      type: [Role],
      listSize: shortListSize,
      description: 'The roles that need no approval. Roles that are gone are left out.',
      resolve: (policy, _args, context) => rolesById(context, policy.bypassRoleIds),
    }),
    expiresAfterSeconds: t.exposeInt('expiresAfterSeconds', {
      description: 'How long a request may wait, in seconds: 1,209,600 (14 days) by default.',
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it applies. Requests that were made under it stay when it is disabled.' }),
  }),
})
