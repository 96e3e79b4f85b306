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
    'The flag has changed since in a value that the request would set, or in its use. No vote was recorded. Request the change again.',
  ],
  [ChangeRequestExpiredError, 'ChangeRequestExpiredError', 'The request has expired. No vote was recorded.'],
  [AlreadyVotedError, 'AlreadyVotedError', 'The viewer has already voted on this request. Votes cannot be changed.'],
  [
    SelfApprovalForbiddenError,
    'SelfApprovalForbiddenError',
    'The policy does not let people vote on their own requests. The requester may cancel it.',
  ],
  [NotAnApproverError, 'NotAnApproverError', 'The policy does not name the viewer as an approver. No vote was recorded.'],
  [
    CancelForbiddenError,
    'CancelForbiddenError',
    'Only the requester may cancel, and only before the first approval. A stale request can be cancelled despite approvals.',
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
        description: 'The current state of the request.',
        resolve: ({ changeRequest }) => changeRequest,
      }),
    }),
  })
}

builder.objectType(ReasonRequiredError, {
  name: 'ReasonRequiredError',
  description: 'A rejection needs a reason that is not blank. No vote was recorded.',
  interfaces: [ErrorInterface],
})
