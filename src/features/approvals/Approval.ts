import { visibleProjects } from '../../auth/visibility.ts'
import type { Approval as ApprovalRow } from '../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { integerIdPattern, isInt4, nodeIdPatterns } from '../../platform/globalId.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { ApprovalDecision } from './enums.ts'

nodeIdPatterns.set('Approval', integerIdPattern)

export const Approval = builder.loadableNodeRef('Approval', {
  id: { resolve: (vote) => vote.id, parse: Number },
  load: (ids: number[], context: Context): Promise<ApprovalRow[]> => {
    requireScope(context, 'approvals:read')
    const where = { id: { in: ids.filter(isInt4) }, changeRequest: { project: visibleProjects(requireViewer(context)) } }
    return context.db.approval.findMany({ where })
  },
  toKey: (vote) => vote.id,
  sort: true,
})

Approval.implement({
  description: 'A vote on a change request: one a person, never changed. Needs a key with the scope `approvals:read`, as its request does.',
  // Whose own change became a request may read it in the error. What is granted is known only where fields are asked for.
  authScopes: { $any: { scope: 'approvals:read', $granted: 'ownRequest' } },
  runScopesOnType: false,
  fields: (t) => ({
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'Who voted; null when the account is gone.',
      resolve: (vote, _args, context) => loadUser(context, vote.createdById),
    }),
    decision: t.expose('decision', { type: ApprovalDecision, description: 'What the vote says.' }),
    reason: t.exposeString('reason', { description: 'Why, at most 2,000 characters; empty when nothing was said.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the vote was given.' }),
  }),
})
