import { ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError } from '../../commands/approvalGate.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { ErrorInterface } from '../../graphql/mutationErrorTypes.ts'
import { ApprovalPolicy } from './ApprovalPolicy.ts'
import { ApproverRequirement } from './ApproverRequirement.ts'
import { ChangeRequest, toResourceId } from './ChangeRequest.ts'
import {
  AlreadyVotedError,
  CancelForbiddenError,
  ChangeRequestExpiredError,
  ChangeRequestStaleError,
  NotAnApproverError,
  PolicyExistsError,
  ReasonRequiredError,
  SelfApprovalForbiddenError,
} from './data/errors.ts'
import { GatedAction, GatedResourceType } from './enums.ts'
import type { GatedAction as Action } from './rules/guardedChanges.ts'
import { parseSnapshot } from './rules/policySnapshot.ts'

// The GraphQL types of the approval errors: first those of the gate, then those of votes, cancellations and policies.

const ChangeRequestErrorInterface = builder
  .interfaceRef<ApprovalRequiredError | ChangeRequestPendingError>('ChangeRequestError')
  .implement({
    description: 'An error with the change request that now waits for approval.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      changeRequest: t.expose('changeRequest', {
        type: ChangeRequest,
        description: 'The request, as the viewer may see it. It can be read here without the scope `approvals:read`.',
        grantScopes: ['ownRequest'],
      }),
      actionKey: t.field({
        type: GatedAction,
        description: 'The guarded action.',
        resolve: ({ changeRequest }) => changeRequest.actionKey as Action,
      }),
      resourceType: t.field({
        type: GatedResourceType,
        description: 'The type of the object that the mutation was about.',
        resolve: ({ changeRequest }) => changeRequest.resourceType as typeof GatedResourceType.$inferType,
      }),
      resourceId: t.id({
        nullable: true,
        description: 'The global id of that object. Null when it is yet to be created.',
        resolve: ({ changeRequest }) => toResourceId(changeRequest),
      }),
    }),
  })

builder.objectType(ApprovalRequiredError, {
  name: 'ApprovalRequiredError',
  description: 'A policy guards the change. It was not made: it waits for approval as a change request.',
  interfaces: [ErrorInterface, ChangeRequestErrorInterface],
  fields: (t) => ({
    requiredApprovers: t.field({
      type: ApproverRequirement,
      description: 'Who must approve it.',
      resolve: ({ changeRequest }) => parseSnapshot(changeRequest),
    }),
  }),
})

builder.objectType(ChangeRequestPendingError, {
  name: 'ChangeRequestPendingError',
  description: 'A policy guards the change, and somebody has already requested the same action on the same flag. Nothing was written.',
  interfaces: [ErrorInterface, ChangeRequestErrorInterface],
  fields: (t) => ({
    requestedByViewer: t.boolean({
      description: 'Whether the viewer made the open request.',
      resolve: ({ changeRequest }, _args, context) => changeRequest.requestedById === requireViewer(context).user.id,
    }),
  }),
})

builder.objectType(PolicyConflictError, {
  name: 'PolicyConflictError',
  description: 'Several policies, each for another action, require approval of the change. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    conflictingPolicies: t.field({
      type: [ApprovalPolicy],
      listSize: shortListSize,
      description: 'The policies that require approval. They can be read here without the scope `approvals:read`.',
      grantScopes: ['ownRequest'],
      resolve: ({ policies }) => [...policies],
    }),
    guidance: t.exposeString('guidance', { description: 'What to do: split the change into parts.' }),
  }),
})

for (const [ErrorClass, description] of [
  [
    ChangeRequestStaleError,
    'What the request would do, or what that was computed from, has changed since. No vote was recorded. Request the change again.',
  ],
  [ChangeRequestExpiredError, 'The request has expired. No vote was recorded.'],
  [AlreadyVotedError, 'The viewer has already voted on this request. Votes cannot be changed.'],
  [SelfApprovalForbiddenError, 'The policy does not let people vote on their own requests. The requester may cancel the request instead.'],
  [NotAnApproverError, 'The policy does not name the viewer as an approver. No vote was recorded.'],
  [
    CancelForbiddenError,
    'Only the requester may cancel a request, and only before the first approval. A stale or invalid request can be cancelled despite ' +
      'approvals, and by admins.',
  ],
] as const) {
  builder.objectType(ErrorClass, {
    name: ErrorClass.name,
    description,
    interfaces: [ErrorInterface],
    fields: (t) => ({
      changeRequest: t.expose('changeRequest', { type: ChangeRequest, description: 'The current state of the request.' }),
    }),
  })
}

builder.objectField(ChangeRequestStaleError, 'staleReason', (t) =>
  t.exposeString('staleReason', { description: 'What has changed, in words. `changeRequest { staleReasons }` has the values.' }),
)

builder.objectType(ReasonRequiredError, {
  name: 'ReasonRequiredError',
  description: 'A rejection needs a reason that is not blank. No vote was recorded.',
  interfaces: [ErrorInterface],
})

builder.objectType(PolicyExistsError, {
  name: 'PolicyExistsError',
  description: 'The project, or the whole organization, already has a policy for this action. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    existing: t.expose('existing', { type: ApprovalPolicy, description: 'The existing policy.', grantScopes: ['ownRequest'] }),
  }),
})
