import type { ChangeRequest as ChangeRequestRow } from '../../database/generated/client.ts'
import { Prisma } from '../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import type { Context } from '../../graphql/context.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { encodeGlobalId } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { Project } from '../projects/Project.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { Approval, approvalAccess } from './Approval.ts'
import { ApproverRequirement } from './ApproverRequirement.ts'
import { changeRequestLoader, viewerRolesLoader, votesLoader } from './data/loaders.ts'
import { ApprovalDecision, ChangeRequestState, ChangeRequestValidationStatus, GatedAction, GatedResourceType } from './enums.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'
import { canCancel, canVote } from './rules/permissions.ts'
import { parseSnapshot } from './rules/policySnapshot.ts'

export const ChangeRequest = nodeRef('ChangeRequest', (context, ids) => {
  // Checked before the rows are read, so that a key without the scope does not learn which ids exist.
  requireScope(context, 'approvals:read')
  return Promise.all(ids.map((id) => changeRequestLoader(context).load(id)))
})

/** The global id of the object that a request is about; null when the request would create it. */
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
    'A change that a policy guards. It is made as a whole, in the name of the requester, once enough people approve. Needs a key with ' +
    'the scope `approvals:read`. In the error of the mutation that was stopped, it can be read without the scope. Secrets are left out.',
  ...approvalAccess,
  fields: (t) => ({
    project: t.field({ type: Project, description: 'The project of the change.', resolve: (request) => request.projectId }),
    actionKey: t.field({ type: GatedAction, description: 'The guarded action.', resolve: (request) => request.actionKey as Action }),
    resourceType: t.field({
      type: GatedResourceType,
      description: 'The type of the object that the mutation was about: an experiment for its life cycle, otherwise a flag.',
      resolve: (request) => request.resourceType as 'FEATURE_FLAG' | 'EXPERIMENT',
    }),
    resourceId: t.id({
      nullable: true,
      description: 'The global id of that object. Null when it is yet to be created.',
      resolve: toResourceId,
    }),
    description: t.exposeString('description', { description: 'The change in one sentence, at most 2,000 characters.' }),
    before: t.expose('before', {
      type: 'JSON',
      description: 'The values that the change would replace, as they were when it was requested.',
    }),
    after: t.expose('after', { type: 'JSON', description: 'The values that it would set: the whole change, not only its guarded part.' }),
    state: t.expose('state', { type: ChangeRequestState, description: 'The state of the request.' }),
    validationStatus: t.expose('validationStatus', {
      type: ChangeRequestValidationStatus,
      description: 'Whether it could be applied, as of the last check.',
    }),
    requestedBy: t.field({
      type: User,
      nullable: true,
      description: 'The person who requested the change. Null when the account is gone.',
      resolve: (request, _args, context) => loadUser(context, request.requestedById),
    }),
    decidedBy: t.field({
      type: User,
      nullable: true,
      description:
        'The person whose vote applied or rejected it, or who cancelled it. Null before that, when it expired, and when the account is gone.',
      resolve: (request, _args, context) => loadUser(context, request.decidedById),
    }),
    approvals: t.field({
      type: [Approval],
      description: 'The votes, the oldest first. Each person has one.',
      grantScopes: ['ownRequest'],
      resolve: (request, _args, context) => votesLoader(context).load(request.id),
    }),
    approvalCount: t.int({
      description: 'The number of approvals. Towards the quorum, only those of people who may still vote count.',
      resolve: async (request, _args, context) =>
        (await votesLoader(context).load(request.id)).filter(({ decision }) => decision === 'APPROVED').length,
    }),
    quorum: t.int({ description: 'The number of approvals that are needed.', resolve: (request) => parseSnapshot(request).quorum }),
    requiredApprovers: t.field({
      type: ApproverRequirement,
      description: 'Who may approve, as the policy was when the request was made.',
      resolve: (request) => parseSnapshot(request),
    }),
    viewerCanApprove: t.boolean({
      description: 'Whether the viewer is one of the people who may vote on it, whatever its state.',
      resolve: async (request, _args, context) =>
        canVote(request, parseSnapshot(request), requireViewer(context).user.id, await viewerIsApprover(context, request)),
    }),
    viewerCanCancel: t.boolean({
      description:
        'Whether the viewer may cancel it: it is their own, pending and not yet approved by anybody. A stale one can be cancelled despite approvals.',
      resolve: async (request, _args, context) =>
        canCancel(request, await votesLoader(context).load(request.id), requireViewer(context).user.id),
    }),
    viewerIsRequester: t.boolean({
      description: 'Whether the viewer requested the change.',
      resolve: (request, _args, context) => request.requestedById === requireViewer(context).user.id,
    }),
    viewerDecision: t.field({
      type: ApprovalDecision,
      nullable: true,
      description: "The viewer's own vote. Null when they have not voted.",
      resolve: async (request, _args, context) =>
        (await votesLoader(context).load(request.id)).find(({ createdById }) => createdById === requireViewer(context).user.id)?.decision ??
        null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the change was requested.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it expires. From this moment on it can no longer be approved.',
    }),
    appliedAt: t.expose('appliedAt', { type: 'DateTime', nullable: true, description: 'When the change was made. Null before that.' }),
    applyError: t.exposeString('applyError', {
      nullable: true,
      description: 'Why the change could not be made. Null unless it was tried and failed.',
    }),
    cancelReason: t.exposeString('cancelReason', {
      nullable: true,
      description: 'Why the requester cancelled it. Null when they did not.',
    }),
  }),
})

activityField(ChangeRequest, Prisma.sql`a.change_request_id`, 'The audit trail of this request and of the change that it made')
