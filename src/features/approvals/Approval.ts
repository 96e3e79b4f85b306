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
  description:
    'A vote on a change request. Each person has one vote, which never changes. Needs a key with the scope `approvals:read`, like the request.',
  // The error of a guarded change grants `ownRequest`: its request can be read there without the scope. Granted scopes are known only
  // when fields are resolved.
  authScopes: { $any: { scope: 'approvals:read', $granted: 'ownRequest' } },
  runScopesOnType: false,
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
