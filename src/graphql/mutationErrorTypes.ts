import {
  type DomainError,
  InvalidStateError,
  PermissionDeniedError,
  ResourceNotFoundError,
  ValidationError,
} from '../platform/domainErrors.ts'
import type { FieldError } from '../platform/fieldError.ts'
import { builder } from './builder.ts'
import { shortListSize } from './listSizes.ts'

// The GraphQL types of domain errors, which are members of the unions that mutations return. They are shareable, because other subgraphs may
// define the same types.

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'The kind of an error. Each kind has a type of its own. The code is for clients that do not know the type yet.',
  values: {
    APPROVAL_REQUIRED: { description: 'A policy guards the change. It became a change request.' },
    CHANGE_REQUEST_PENDING: { description: 'A change request for the same action on the same flag is already open.' },
    POLICY_CONFLICT: { description: 'Several policies guard different parts of the change.' },
    VALIDATION_FAILED: { description: 'The input is wrong.' },
    INVALID_STATE: { description: 'The object is in a state that does not allow this.' },
    STALE: { description: 'A value that the change request would set has changed since.' },
    EXPIRED: { description: 'The change request has expired.' },
    ALREADY_VOTED: { description: 'The viewer has already voted on this change request.' },
    REASON_REQUIRED: { description: 'A rejection needs a reason.' },
    SELF_APPROVAL_FORBIDDEN: { description: 'The policy does not let requesters vote on their own change requests.' },
    NOT_AN_APPROVER: { description: 'The policy does not name the viewer as an approver.' },
    CANCEL_FORBIDDEN: { description: 'Only the requester may cancel, and only before the first approval unless the request is stale.' },
    PERMISSION_DENIED: { description: 'The viewer or their API key may not do this here.' },
    NOT_FOUND: { description: 'The object does not exist, or the viewer may not see it.' },
    POLICY_EXISTS: { description: 'The action already has a policy.' },
  } as const,
})

export type ErrorCodeName = typeof ErrorCodeEnum.$inferType

/** The fields that all errors of mutations have. */
export const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description:
    'An error of a mutation. The change was not made. `ApprovalRequiredError` leaves a change request, and a vote that finds its request ' +
    'expired or stale stores that state.',
  fields: (t) => ({
    code: t.field({ type: ErrorCodeEnum, description: 'The kind of the error.', resolve: ({ code }) => code as ErrorCodeName }),
    message: t.exposeString('message', { description: 'What was not possible and why, for people.' }),
  }),
})

const FieldErrorType = builder.objectRef<FieldError>('FieldError').implement({
  description: 'One problem of the input of a mutation. Any valid key can read it.',
  shareable: true,
  authScopes: { authenticated: true },
  fields: (t) => ({
    path: t.stringList({
      description: 'The path of the wrong value in `input`: field names, and positions from 0 in lists.',
      resolve: ({ path }) => [...path],
    }),
    code: t.exposeString('code', {
      description:
        'The code for programs: `required`, `unique`, `invalid_key`, `does_not_exist`, or `invalid_input` for all other problems.',
    }),
    message: t.exposeString('message', { description: 'What is wrong, and what would be right.' }),
  }),
})

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'The input is wrong. Nothing was written.',
  shareable: true,
  interfaces: [ErrorInterface],
  fields: (t) => ({
    fieldErrors: t.field({
      type: [FieldErrorType],
      listSize: shortListSize,
      description: 'All problems of the input.',
      resolve: ({ fieldErrors }) => [...fieldErrors],
    }),
  }),
})

builder.objectType(InvalidStateError, {
  name: 'InvalidStateError',
  description: 'The object is in a state that does not allow this. Nothing was written.',
  shareable: true,
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.exposeString('state', {
      description: 'The current state: the status of the experiment or the state of the change request, in capitals, or a description.',
    }),
  }),
})

builder.objectType(PermissionDeniedError, {
  name: 'PermissionDeniedError',
  description:
    'The viewer or their API key may not do this here. Nothing was written. A missing scope is not in the union, but in `errors`.',
  shareable: true,
  interfaces: [ErrorInterface],
})

builder.objectType(ResourceNotFoundError, {
  name: 'NotFoundError',
  description: 'The object does not exist, or the viewer may not see it. The error does not tell which. Nothing was written.',
  shareable: true,
  interfaces: [ErrorInterface],
})
