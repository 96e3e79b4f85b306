import type { ChangeRequest as ChangeRequestRow } from '../../database/generated/client.ts'
import { Prisma } from '../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { encodeGlobalId, integerIdPattern, nodeIdPatterns } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { Project } from '../projects/Project.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { Approval } from './Approval.ts'
import { ApproverRequirement } from './ApproverRequirement.ts'
import { changeRequestLoader, viewerRolesLoader, votesLoader } from './data/loaders.ts'
import { ApprovalDecision, ChangeRequestState, ChangeRequestValidationStatus, GatedAction, GatedResourceType } from './enums.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'
import { canCancel, canVote } from './rules/permissions.ts'
import { parseSnapshot } from './rules/policySnapshot.ts'

nodeIdPatterns.set('ChangeRequest', integerIdPattern)

export const ChangeRequest = builder.loadableNodeRef('ChangeRequest', {
  id: { resolve: (request) => request.id, parse: Number },
  load: async (ids: number[], context: Context): Promise<ChangeRequestRow[]> => {
    // Asked before the rows are: who may read no requests learns nothing of which there are.
    requireScope(context, 'approvals:read')
    const rows = await Promise.all(ids.map((id) => changeRequestLoader(context).load(id)))
    return rows.filter((row) => row !== null)
  },
  toKey: (request) => request.id,
  sort: true,
})

/** What a request was about, as a global id; null for what is yet to be made. */
export function toResourceId({ resourceType, resourceId }: ChangeRequestRow): string | null {
  return resourceId === null ? null : encodeGlobalId(resourceType === 'EXPERIMENT' ? 'Experiment' : 'FeatureFlag', resourceId)
}

async function viewerIsApprover(context: Context, request: ChangeRequestRow): Promise<boolean> {
  const { user, organizations } = requireViewer(context)
  const { users, roles } = parseSnapshot(request)
  if (organizations.length === 0) return false
  if (users.includes(user.id)) return true
  if (roles.length === 0) return false
  return (await viewerRolesLoader(context).load(user.id)).some(({ roleId }) => roles.includes(roleId))
}

ChangeRequest.implement({
  description:
    'A change that a policy guards: it is made, as a whole and in the name of the requester, once enough approvers consent. Needs a key ' +
    'with the scope `approvals:read`; the error that brought a request can be read without it. Secrets are left out.',
  // Whose own change became a request may read it in the error. What is granted is known only where fields are asked for.
  authScopes: { $any: { scope: 'approvals:read', $granted: 'ownRequest' } },
  runScopesOnType: false,
  fields: (t) => ({
    project: t.field({ type: Project, description: 'The project of the change.', resolve: (request) => request.projectId }),
    actionKey: t.field({ type: GatedAction, description: 'What a policy guards.', resolve: (request) => request.actionKey as Action }),
    resourceType: t.field({
      type: GatedResourceType,
      description: 'What the operation was about: an experiment for its life cycle, else a flag.',
      resolve: (request) => request.resourceType as 'FEATURE_FLAG' | 'EXPERIMENT',
    }),
    resourceId: t.id({
      nullable: true,
      description: 'The global id of what the operation was about; null for what is yet to be made.',
      resolve: toResourceId,
    }),
    description: t.exposeString('description', { description: 'The change in a sentence; at most 2,000 characters.' }),
    before: t.expose('before', { type: 'JSON', description: 'The values the change would replace, as they were when it was asked for.' }),
    after: t.expose('after', { type: 'JSON', description: 'The values it would set: the whole change, not only what is guarded.' }),
    state: t.expose('state', { type: ChangeRequestState, description: 'Where it stands.' }),
    validationStatus: t.expose('validationStatus', {
      type: ChangeRequestValidationStatus,
      description: 'Whether it could be applied, when it was looked at last.',
    }),
    requestedBy: t.field({
      type: User,
      nullable: true,
      description: 'Who wanted the change; null when the account is gone.',
      resolve: (request, _args, context) => loadUser(context, request.requestedById),
    }),
    decidedBy: t.field({
      type: User,
      nullable: true,
      description:
        'Whose vote applied or rejected it, or who cancelled it; null before that, for an expired one, and when the account is gone.',
      resolve: (request, _args, context) => loadUser(context, request.decidedById),
    }),
    approvals: t.field({
      type: [Approval],
      description: 'The votes, the oldest first; one a person.',
      grantScopes: ['ownRequest'],
      resolve: (request, _args, context) => votesLoader(context).load(request.id),
    }),
    approvalCount: t.int({
      description: 'How many approved. Only those who still may vote count when the quorum is reckoned.',
      resolve: async (request, _args, context) =>
        (await votesLoader(context).load(request.id)).filter(({ decision }) => decision === 'APPROVED').length,
    }),
    quorum: t.int({ description: 'How many have to approve.', resolve: (request) => parseSnapshot(request).quorum }),
    requiredApprovers: t.field({
      type: ApproverRequirement,
      description: 'Who may approve, as the policy said when the request was made.',
      resolve: (request) => parseSnapshot(request),
    }),
    viewerCanApprove: t.boolean({
      description: 'Whether the viewer is one of those who may vote on it. Looks at no state.',
      resolve: async (request, _args, context) =>
        canVote(request, parseSnapshot(request), requireViewer(context).user.id, await viewerIsApprover(context, request)),
    }),
    viewerCanCancel: t.boolean({
      description: 'Whether the viewer may cancel it: their own, pending, and not approved by anybody; a stale one also then.',
      resolve: async (request, _args, context) =>
        canCancel(request, await votesLoader(context).load(request.id), requireViewer(context).user.id),
    }),
    viewerIsRequester: t.boolean({
      description: 'Whether the viewer wanted the change.',
      resolve: (request, _args, context) => request.requestedById === requireViewer(context).user.id,
    }),
    viewerDecision: t.field({
      type: ApprovalDecision,
      nullable: true,
      description: "The viewer's own vote; null when they have not voted.",
      resolve: async (request, _args, context) =>
        (await votesLoader(context).load(request.id)).find(({ createdById }) => createdById === requireViewer(context).user.id)?.decision ??
        null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'From this moment on it can no longer be approved.' }),
    appliedAt: t.expose('appliedAt', { type: 'DateTime', nullable: true, description: 'When the change was made; null before that.' }),
    applyError: t.exposeString('applyError', {
      nullable: true,
      description: 'Why the change could not be made, where it was tried and failed; null otherwise.',
    }),
    cancelReason: t.exposeString('cancelReason', {
      nullable: true,
      description: 'Why the requester took it back; null when they did not.',
    }),
  }),
})

activityField(ChangeRequest, Prisma.sql`a.change_request_id`, 'What was done to this request, and by it')
