import { adminLevel, membershipLevel } from '../../auth/membershipLevel.ts'
import type { ChangeRequest as ChangeRequestRow } from '../../database/generated/client.ts'
import { Prisma } from '../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { encodeGlobalId } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { Project } from '../projects/Project.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { Approval, approvalAccess } from './Approval.ts'
import { ApprovalPolicy } from './ApprovalPolicy.ts'
import { ApproverRequirement } from './ApproverRequirement.ts'
import { changeRequestLoader, judgedRequestLoader, viewerRolesLoader, votesLoader } from './data/loaders.ts'
import { ApprovalDecision, ChangeRequestState, ChangeRequestValidationStatus, GatedAction, GatedResourceType } from './enums.ts'
import { FieldChange, visibleDifferences } from './FieldChange.ts'
import { describeFields, type GuardedPart, partsOfPolicy } from './rules/fieldChanges.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'
import { currentJudgement, type ShownJudgement, stateAt, storedJudgement, valid } from './rules/judgement.ts'
import { openStates } from './rules/openStates.ts'
import { canCancel, canVote } from './rules/permissions.ts'
import { parseSnapshot } from './rules/policySnapshot.ts'

export const ChangeRequest = nodeRef('ChangeRequest', (context, ids) => {
  // Checked before the rows are read, so that a key without the scope does not learn which ids exist.
  requireScope(context, 'approvals:read')
  return Promise.all(ids.map((id) => changeRequestLoader(context).load(id)))
})

type ResourceType = typeof GatedResourceType.$inferType

const resourceTypenames: Record<ResourceType, string> = {
  FEATURE_FLAG: 'FeatureFlag',
  EXPERIMENT: 'Experiment',
  EXPERIMENT_HOLDOUT: 'Holdout',
}

/** The global id of the object that a request is about; null when the request would create it. */
export function toResourceId({ resourceType, resourceId }: ChangeRequestRow): string | null {
  return resourceId === null ? null : encodeGlobalId(resourceTypenames[resourceType as ResourceType], resourceId)
}

async function viewerIsApprover(context: Context, request: ChangeRequestRow): Promise<boolean> {
  const { user, organizations } = requireViewer(context)
  const { users, roles } = parseSnapshot(request)
  if (organizations.length === 0) return false
  if (users.includes(user.id)) return true
  if (roles.length === 0) return false
  return (await viewerRolesLoader(context).load(user.id)).some(({ roleId }) => roles.includes(roleId))
}

/** The parts of the flag that the policy of a request guards. */
function guardsOf(request: ChangeRequestRow): readonly GuardedPart[] {
  return partsOfPolicy(request.actionKey, parseSnapshot(request).conditions)
}

function isOpen(request: ChangeRequestRow, { now }: Context): boolean {
  return openStates.some((state) => state === stateAt(request, now))
}

/** The judgement of a request: now while it is open, and at the last check after its end. */
async function judgementOf(context: Context, request: ChangeRequestRow): Promise<ShownJudgement> {
  if (!isOpen(request, context)) return storedJudgement(request)
  const judged = await judgedRequestLoader(context).load(request.id)
  return currentJudgement(request, judged?.judgement ?? valid)
}

async function viewerCanCancel(request: ChangeRequestRow, _args: object, context: Context): Promise<boolean> {
  if (stateAt(request, context.now) !== 'PENDING') return false
  const judged = await judgedRequestLoader(context).load(request.id)
  if (judged === null) return false
  const viewer = requireViewer(context)
  const { organizationId, policyIsGone } = judged
  const isStuck = currentJudgement(request, judged.judgement).status !== 'VALID'
  const isAdmin = (membershipLevel(viewer, organizationId) ?? 0) >= adminLevel
  const votes = await votesLoader(context).load(request.id)
  return canCancel(request, votes, { isStuck, policyIsGone }, { userId: viewer.user.id, isAdmin })
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
      description: 'The type of the object that the mutation was about: an experiment for its life cycle, a holdout, otherwise a flag.',
      resolve: (request) => request.resourceType as ResourceType,
    }),
    resourceId: t.id({
      nullable: true,
      description: 'The global id of that object. Null when it is yet to be created.',
      resolve: toResourceId,
    }),
    resourceName: t.exposeString('resourceName', {
      description: 'The key of that flag or the name of that experiment, as it was when the change was requested.',
    }),
    changes: t.field({
      type: [FieldChange],
      listSize: shortListSize,
      description:
        'What the change would set, field by field: `before` and `after` for people. Condition sets are matched by their content, not by ' +
        'their place. Those that the policy guards are marked.',
      grantScopes: ['ownRequest'],
      resolve: (request) => describeFields(request.before, request.after, guardsOf(request)),
    }),
    policy: t.field({
      type: ApprovalPolicy,
      nullable: true,
      description:
        'The policy that guards the change, as it is now. Null when it is gone, or the viewer cannot see it. Needs a key with the scope ' +
        '`approvals:read` (`FORBIDDEN` otherwise). `quorum` and `requiredApprovers` are as they were.',
      authScopes: { scope: 'approvals:read' },
      resolve: (request) => parseSnapshot(request).policyId,
    }),
    description: t.exposeString('description', { description: 'The change in one sentence, at most 2,000 characters.' }),
    before: t.expose('before', {
      type: 'JSON',
      description: 'The values that the change would replace, as they were when it was requested.',
    }),
    after: t.expose('after', {
      type: 'JSON',
      description:
        'The values that it would set: the whole change, not only its guarded part. If it would set others now, it is STALE. A start or ' +
        'end that means now becomes the time at which the change is made.',
    }),
    state: t.field({
      type: ChangeRequestState,
      description: 'The state of the request. An open request is EXPIRED from its deadline on.',
      resolve: (request, _args, context) => stateAt(request, context.now),
    }),
    validationStatus: t.field({
      type: ChangeRequestValidationStatus,
      description: 'Whether it could be applied now. After its end: at the last check.',
      resolve: async (request, _args, context) => (await judgementOf(context, request)).status,
    }),
    validationMessage: t.string({
      nullable: true,
      description: 'Why it is STALE or INVALID. Null when it is VALID.',
      resolve: async (request, _args, context) => (await judgementOf(context, request)).message,
    }),
    staleReasons: t.field({
      type: [FieldChange],
      listSize: shortListSize,
      description: 'The values that make it STALE: as they were when the change was requested, and as they are now. Otherwise empty.',
      grantScopes: ['ownRequest'],
      resolve: async (request, _args, context) =>
        visibleDifferences(context, (await judgementOf(context, request)).differences, guardsOf(request)),
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
      listSize: shortListSize,
      description: 'The votes, the oldest first. Each person has one.',
      grantScopes: ['ownRequest'],
      resolve: (request, _args, context) => votesLoader(context).load(request.id),
    }),
    approvalCount: t.int({
      description: 'The number of approvals. Towards the quorum, only those of people who may still vote count.',
      resolve: async (request, _args, context) =>
        (await votesLoader(context).load(request.id)).filter(({ decision }) => decision === 'APPROVED').length,
    }),
    missingApprovals: t.int({
      description: 'The number of approvals that are still needed now. Only those of people who may still vote count.',
      resolve: async (request, _args, context) => {
        const judged = await judgedRequestLoader(context).load(request.id)
        return Math.max(0, parseSnapshot(request).quorum - (judged?.validApprovals ?? 0))
      },
    }),
    undecidableReason: t.string({
      nullable: true,
      description: 'Why the people who may vote now cannot reach the quorum. Null when they can, and after the end of the request.',
      resolve: async (request, _args, context) => {
        if (!isOpen(request, context)) return null
        return (await judgedRequestLoader(context).load(request.id))?.undecidableReason ?? null
      },
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
        'Whether the viewer may cancel it: it is their own, pending and not yet approved by anybody. A STALE or INVALID one can be cancelled ' +
        'despite approvals, and by admins and owners of the organization.',
      resolve: viewerCanCancel,
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
