import type { MembershipLevel } from '../../auth/membershipLevel.ts'
import { allOf } from '../../database/allOf.ts'
import type { ApprovalPolicy as PolicyRow, Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { integerIdPattern, isInt4, nodeIdPatterns } from '../../platform/globalId.ts'
import { Project } from '../projects/Project.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { Role, rolesById } from '../users/Role.ts'
import { User } from '../users/User.ts'
import { visiblePolicies } from './data/lockPolicy.ts'
import { GatedAction, OrganizationMembershipLevel } from './enums.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'

nodeIdPatterns.set('ApprovalPolicy', integerIdPattern)

export const ApprovalPolicy = builder.loadableNodeRef('ApprovalPolicy', {
  id: { resolve: (policy) => policy.id, parse: Number },
  load: (ids: number[], context: Context): Promise<PolicyRow[]> => {
    const viewer = requireScope(context, 'approvals:read')
    return context.db.approvalPolicy.findMany({
      where: allOf<Prisma.ApprovalPolicyWhereInput>({ id: { in: ids.filter(isInt4) } }, visiblePolicies(viewer)),
    })
  },
  toKey: (policy) => policy.id,
  sort: true,
})

ApprovalPolicy.implement({
  description:
    'What may be changed only with the consent of others, and whose. A policy of a project replaces the one of the organization for the ' +
    'same action, except where its own condition does not match. Needs a key with the scope `approvals:read`.',
  // Whose own change became a request may read it in the error. What is granted is known only where fields are asked for.
  authScopes: { $any: { scope: 'approvals:read', $granted: 'ownRequest' } },
  runScopesOnType: false,
  fields: (t) => ({
    project: t.field({
      type: Project,
      nullable: true,
      description: 'The project it is for; null for the whole organization.',
      resolve: (policy) => policy.projectId,
    }),
    actionKey: t.field({ type: GatedAction, description: 'What it guards.', resolve: (policy) => policy.actionKey as Action }),
    conditions: t.expose('conditions', {
      type: 'JSON',
      description:
        'Which of these changes it guards: every one when empty, else `type` and, as the type has them, `field`, `operator` and `value`.',
    }),
    quorum: t.exposeInt('quorum', { description: 'How many have to approve: at least 1.' }),
    approverUsers: t.field({
      type: [User],
      description: 'The people who may approve; accounts that are gone are left out.',
      resolve: async (policy, _args, context) =>
        (await Promise.all(policy.approverUserIds.map((id) => loadUser(context, id)))).filter((user) => user !== null),
    }),
    approverRoles: t.field({
      type: [Role],
      description: 'The roles whose holders may approve; roles that are gone are left out.',
      resolve: (policy, _args, context) => rolesById(context, policy.approverRoleIds),
    }),
    allowSelfApprove: t.exposeBoolean('allowSelfApprove', { description: 'Whether an approver may vote on their own request.' }),
    bypassMembershipLevels: t.field({
      type: [OrganizationMembershipLevel],
      description: 'The levels whose members make the change at once. Each must be listed: an owner is not an admin here.',
      resolve: (policy) => policy.bypassMembershipLevels as MembershipLevel[],
    }),
    bypassRoles: t.field({
      type: [Role],
      description: 'The roles whose holders make the change at once; roles that are gone are left out.',
      resolve: (policy, _args, context) => rolesById(context, policy.bypassRoleIds),
    }),
    expiresAfterSeconds: t.exposeInt('expiresAfterSeconds', {
      description: 'How long a request may wait, in seconds; 1,209,600 (14 days) by default.',
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is in force. Requests made under it stay when it is switched off.' }),
  }),
})
