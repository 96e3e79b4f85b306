import { ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError } from '../../commands/approvalGate.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
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

// What the mutations may answer: first what the gate says, then why a vote was not taken.

const ChangeRequestErrorInterface = builder
  .interfaceRef<ApprovalRequiredError | ChangeRequestPendingError>('ChangeRequestError')
  .implement({
    description: 'A refusal that carries the change request that is waiting now.',
    interfaces: [ErrorInterface],
    fields: (t) => ({
      changeRequest: t.field({
        type: ChangeRequest,
        description: 'The request, as the viewer may see it; readable here without the scope `approvals:read`.',
        grantScopes: ['ownRequest'],
        resolve: ({ changeRequest }) => changeRequest,
      }),
      actionKey: t.field({
        type: GatedAction,
        description: 'What a policy guards.',
        resolve: ({ changeRequest }) => changeRequest.actionKey as Action,
      }),
      resourceType: t.field({
        type: GatedResourceType,
        description: 'What the operation was about.',
        resolve: ({ changeRequest }) => changeRequest.resourceType as 'FEATURE_FLAG' | 'EXPERIMENT',
      }),
      resourceId: t.id({
        nullable: true,
        description: 'The global id of what the operation was about; null for what is yet to be made.',
        resolve: ({ changeRequest }) => toResourceId(changeRequest),
      }),
    }),
  })

builder.objectType(ApprovalRequiredError, {
  name: 'ApprovalRequiredError',
  description: 'A policy guards the change: it was not made, and waits as a change request for the consent of others.',
  interfaces: [ErrorInterface, ChangeRequestErrorInterface],
  fields: (t) => ({
    requiredApprovers: t.field({
      type: ApproverRequirement,
      description: 'Whose consent it needs.',
      resolve: ({ changeRequest }) => parseSnapshot(changeRequest),
    }),
  }),
})

builder.objectType(ChangeRequestPendingError, {
  name: 'ChangeRequestPendingError',
  description:
    'A policy guards the change, and a request for the same action on the same flag is open already, whoever made it. Nothing was written.',
  interfaces: [ErrorInterface, ChangeRequestErrorInterface],
  fields: (t) => ({
    requestedByViewer: t.boolean({
      description: 'Whether the open request is the viewer’s own.',
      resolve: ({ changeRequest }, _args, context) => changeRequest.requestedById === requireViewer(context).user.id,
    }),
  }),
})

builder.objectType(PolicyConflictError, {
  name: 'PolicyConflictError',
  description: 'The change needs the consent that several policies ask for, each for another action. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    conflictingPolicies: t.field({
      type: [ApprovalPolicy],
      description: 'The policies that each ask for an approval; readable here without the scope `approvals:read`.',
      grantScopes: ['ownRequest'],
      resolve: ({ policies }) => [...policies],
    }),
    guidance: t.exposeString('guidance', { description: 'What to do: make the change in parts.' }),
  }),
})

/** The members that the union of every gated mutation has. Declared once, so that none forgets one. */
export const gateErrors = [ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError]

const errorsWithRequest = [
  [
    ChangeRequestStaleError,
    'ChangeRequestStaleError',
    'What the request would change has changed since. No vote was taken; ask for the change again.',
  ],
  [ChangeRequestExpiredError, 'ChangeRequestExpiredError', "The request's time has passed. No vote was taken."],
  [AlreadyVotedError, 'AlreadyVotedError', 'The viewer has voted on this request; a vote is never changed.'],
  [
    SelfApprovalForbiddenError,
    'SelfApprovalForbiddenError',
    'The policy lets nobody vote on their own request. The requester may cancel it.',
  ],
  [NotAnApproverError, 'NotAnApproverError', 'The policy does not name the viewer as an approver. No vote was taken.'],
  [
    CancelForbiddenError,
    'CancelForbiddenError',
    'Only the requester may cancel, and only before anybody approved; a stale request also then.',
  ],
] as const

for (const [ErrorClass, name, description] of errorsWithRequest) {
  builder.objectType(ErrorClass, {
    name,
    description,
    interfaces: [ErrorInterface],
    fields: (t) => ({
      changeRequest: t.field({
        type: ChangeRequest,
        description: 'The request, as it is now.',
        resolve: ({ changeRequest }) => changeRequest,
      }),
    }),
  })
}

builder.objectType(ReasonRequiredError, {
  name: 'ReasonRequiredError',
  description: 'A rejection needs a reason that says something. No vote was taken.',
  interfaces: [ErrorInterface],
})

builder.objectType(PolicyExistsError, {
  name: 'PolicyExistsError',
  description: 'The project, or the whole organization, has a policy for this action already. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    existing: t.field({
      type: ApprovalPolicy,
      description: 'The policy that is there.',
      grantScopes: ['ownRequest'],
      resolve: ({ existing }) => existing,
    }),
  }),
})
