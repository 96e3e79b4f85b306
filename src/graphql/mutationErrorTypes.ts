import {
  type DomainError,
  InvalidStateError,
  PermissionDeniedError,
  ResourceNotFoundError,
  ValidationError,
} from '../platform/domainErrors.ts'
import type { FieldError } from '../platform/fieldError.ts'
import { builder } from './builder.ts'

// The refusals as GraphQL types: members of the unions that mutations answer. They are shared: another subgraph of a supergraph may
// refuse in the same words.

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'What kind of refusal it is. The same is told by the type; the code is for clients that do not know the type yet.',
  values: {
    APPROVAL_REQUIRED: { description: 'A policy guards the change: it became a change request.' },
    CHANGE_REQUEST_PENDING: { description: 'A change request for the same action on the same flag is open already.' },
    POLICY_CONFLICT: { description: 'Several policies guard the change, each another part of it.' },
    VALIDATION_FAILED: { description: 'The input is wrong.' },
    INVALID_STATE: { description: 'It is in a state in which this cannot be done.' },
    STALE: { description: 'What the request would change has changed since.' },
    EXPIRED: { description: "The request's time has passed." },
    ALREADY_VOTED: { description: 'The viewer has voted on this request.' },
    REASON_REQUIRED: { description: 'A rejection needs a reason.' },
    SELF_APPROVAL_FORBIDDEN: { description: 'The policy lets nobody vote on their own request.' },
    NOT_AN_APPROVER: { description: 'The policy does not name the viewer as an approver.' },
    CANCEL_FORBIDDEN: { description: 'Only the requester may cancel, and only before anybody approved.' },
    PERMISSION_DENIED: { description: 'The viewer or their key may not do this here.' },
    NOT_FOUND: { description: 'There is no such thing, or the viewer may not see it.' },
    POLICY_EXISTS: { description: 'The action has a policy already.' },
  } as const,
})

export type ErrorCodeName = typeof ErrorCodeEnum.$inferType

/** What all refusals of mutations have in common. */
export const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description: 'A refusal of a mutation. When one comes, nothing was written; `ApprovalRequiredError` alone leaves a change request.',
  fields: (t) => ({
    code: t.field({ type: ErrorCodeEnum, description: 'What kind of refusal it is.', resolve: ({ code }) => code as ErrorCodeName }),
    message: t.exposeString('message', { description: 'What was refused and why, for people.' }),
  }),
})

const FieldErrorType = builder.objectRef<FieldError>('FieldError').implement({
  description: 'One thing that is wrong with the input of a mutation. Any valid key can read it.',
  shareable: true,
  authScopes: { authenticated: true },
  fields: (t) => ({
    path: t.stringList({
      description: 'Where in `input` it is: names of fields and, in lists, positions from 0.',
      resolve: ({ path }) => [...path],
    }),
    code: t.exposeString('code', {
      description: 'A word for programs: `required`, `unique`, `invalid_key`, `does_not_exist`, or `invalid_input` for everything else.',
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
      description: 'Everything that is wrong with the input.',
      resolve: ({ fieldErrors }) => [...fieldErrors],
    }),
  }),
})

builder.objectType(InvalidStateError, {
  name: 'InvalidStateError',
  description: 'It is in a state in which this cannot be done. Nothing was written.',
  shareable: true,
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.exposeString('state', {
      description: 'The state it is in: a status of the experiment or a state of the change request, in capitals, or words for it.',
    }),
  }),
})

builder.objectType(PermissionDeniedError, {
  name: 'PermissionDeniedError',
  description:
    'The viewer or their key may not do this here. Nothing was written. A missing scope is no member of a union but an error of the operation.',
  shareable: true,
  interfaces: [ErrorInterface],
})

builder.objectType(ResourceNotFoundError, {
  name: 'NotFoundError',
  description: 'There is no such thing, or the viewer may not see it: nobody can tell which. Nothing was written.',
  shareable: true,
  interfaces: [ErrorInterface],
})
