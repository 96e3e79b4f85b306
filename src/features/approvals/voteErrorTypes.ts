import { builder } from '../../graphql/builder.ts'
import { ErrorInterface } from '../../graphql/mutationErrorTypes.ts'
import { ChangeRequest } from './ChangeRequest.ts'
import {
  AlreadyVotedError,
  CancelForbiddenError,
  ChangeRequestExpiredError,
  ChangeRequestStaleError,
  NotAnApproverError,
  ReasonRequiredError,
  SelfApprovalForbiddenError,
} from './data/errors.ts'

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
