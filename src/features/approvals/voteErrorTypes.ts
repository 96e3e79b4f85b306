import { builder } from '../../graphql/builder.ts'
import { ErrorInterface } from '../../graphql/mutationErrorTypes.ts'
import { ChangeRequest } from './ChangeRequest.ts'
import {
  AlreadyVotedRefusal,
  CancelRefusal,
  ExpiredRefusal,
  NotAnApproverRefusal,
  ReasonRefusal,
  SelfApprovalRefusal,
  StaleRefusal,
} from './data/errors.ts'

const withRequest = [
  [
    StaleRefusal,
    'ChangeRequestStaleError',
    'What the request would change has changed since. No vote was taken; ask for the change again.',
  ],
  [ExpiredRefusal, 'ChangeRequestExpiredError', "The request's time has passed. No vote was taken."],
  [AlreadyVotedRefusal, 'AlreadyVotedError', 'The viewer has voted on this request; a vote is never changed.'],
  [SelfApprovalRefusal, 'SelfApprovalForbiddenError', 'The policy lets nobody vote on their own request. The requester may cancel it.'],
  [NotAnApproverRefusal, 'NotAnApproverError', 'The policy does not name the viewer as an approver. No vote was taken.'],
  [CancelRefusal, 'CancelForbiddenError', 'Only the requester may cancel, and only before anybody approved; a stale request also then.'],
] as const

for (const [Refusal, name, description] of withRequest) {
  builder.objectType(Refusal, {
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

builder.objectType(ReasonRefusal, {
  name: 'ReasonRequiredError',
  description: 'A rejection needs a reason that says something. No vote was taken.',
  interfaces: [ErrorInterface],
})
