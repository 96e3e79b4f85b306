import { visibleProjects } from '../../auth/visibility.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { ApprovalDecision } from './enums.ts'

export const Approval = nodeRef('Approval', (context, ids) => {
  const viewer = requireScope(context, 'approvals:read')
  return context.db.approval.findMany({ where: { id: { in: ids }, changeRequest: { project: visibleProjects(viewer) } } })
})

/**
 * Who may read a vote, a request or a policy. The error of a guarded change grants `ownRequest`: its request can be read there without the
 * scope. Granted scopes are known only when fields are resolved.
 */
export const approvalAccess = {
  authScopes: { $any: { scope: 'approvals:read', $granted: 'ownRequest' } },
  runScopesOnType: false,
} as const

Approval.implement({
  description:
    'A vote on a change request. Each person has one vote, which never changes. Needs a key with the scope `approvals:read`, like the request.',
  ...approvalAccess,
  fields: (t) => ({
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The voter. Null when the account is gone.',
      resolve: (vote, _args, context) => loadUser(context, vote.createdById),
    }),
    decision: t.expose('decision', { type: ApprovalDecision, description: 'Approval or rejection.' }),
    reason: t.exposeString('reason', { description: 'The reason, at most 2,000 characters. Empty when none was given.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the vote was cast.' }),
  }),
})
