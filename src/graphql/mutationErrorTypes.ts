import { brandWithType } from '@pothos/core'
import { createErrorProxy } from '@pothos/plugin-errors'
import { hasScope } from '../auth/scopes.ts'
import { LinkedReadOnlyError } from '../commands/linkedProject.ts'
import {
  type Blocker as BlockerValue,
  type DomainError,
  InUseError,
  InvalidStateError,
  PermissionDeniedError,
  ResourceNotFoundError,
  ValidationError,
  VersionConflictError,
} from '../platform/domainErrors.ts'
import type { FieldError } from '../platform/fieldError.ts'
import { encodeGlobalId } from '../platform/globalId.ts'
import { requireViewer } from './authorization.ts'
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
    IN_USE: { description: 'Something else uses the object.' },
    LAUNCH_BLOCKED: { description: 'The launch should have no open points, and it has some.' },
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
    LINKED_READ_ONLY: { description: 'The project is linked to PostHog, and the change can only be made there.' },
    VERSION_CONFLICT: { description: 'Somebody else changed the same values in PostHog.' },
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

/** Returns an error as the value of a field of the type `Error`. GraphQL throws errors that a resolver returns as they are. */
export function asValue(error: DomainError): DomainError {
  // The brand names the GraphQL type. Pothos's proxy is no `Error`, but has all its fields.
  brandWithType(error, error.constructor as never)
  return createErrorProxy(error, error.constructor, { wrapped: true }) as DomainError
}

export const FieldErrorType = builder.objectRef<FieldError>('FieldError').implement({
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

const BlockerKind = builder.enumType('BlockerKind', {
  description: 'What uses an object.',
  values: {
    EXPERIMENT: { description: 'An experiment that is not deleted.' },
    DEPENDENT_FLAG: { description: 'An active flag with a condition on the flag.' },
    EARLY_ACCESS_FEATURE: { description: 'An early access feature. `FeatureFlag.filters` holds `feature_enrollment: true` for it.' },
    REPLAY_SETTINGS: { description: 'The settings of session replay, which record by the flag. Only imported flags have them.' },
    OPEN_CHANGE_REQUEST: { description: 'An open change request for the same action. While there is one, another is not made.' },
  } satisfies Record<BlockerValue['kind'], { description: string }>,
})

export const Blocker = builder.objectRef<BlockerValue>('Blocker').implement({
  description: 'A thing that uses an object, and so keeps it from being deleted or switched off. Any valid key can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    kind: t.expose('kind', { type: BlockerKind, description: 'The kind of the thing.' }),
    message: t.string({
      description: 'Which thing it is, and what removes the obstacle. The name of an experiment is in it with the scope `experiment:read`.',
      resolve: ({ message, namelessMessage = message }, _args, context) =>
        hasScope(requireViewer(context).scopes, 'experiment:read') ? message : namelessMessage,
    }),
    thing: t.node({
      description:
        'The thing itself. Null for an early access feature and for replay settings, which the service does not store. An experiment needs ' +
        'the scope `experiment:read`, a flag `feature_flag:read`, a change request `approvals:read`. Without it, the field is null, with an error.',
      id: ({ thing }) => (thing === null ? null : encodeGlobalId(thing.type, thing.id)),
    }),
  }),
})

builder.objectType(InUseError, {
  name: 'InUseError',
  description: 'Something uses the object, which therefore stays as it is. Nothing was written.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    usedBy: t.field({
      type: [Blocker],
      listSize: shortListSize,
      description: 'What uses the object: at most 100 things of each kind.',
      resolve: ({ usedBy }) => [...usedBy],
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

const LinkedReadOnlyReason = builder.enumType('LinkedReadOnlyReason', {
  description: 'Why a change can only be made in PostHog.',
  values: {
    MIRROR: { description: 'The project is a mirror: it is only read here. Write-through would let you change it here.' },
    NOT_POSSIBLE: { description: 'The project is in write-through, but the REST API of PostHog cannot make this change.' },
  } as const,
})

builder.objectType(LinkedReadOnlyError, {
  name: 'LinkedReadOnlyError',
  description: 'The project is linked to PostHog, and the change can only be made there. Nothing was written, neither here nor there.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.expose('reason', { type: LinkedReadOnlyReason, description: 'Why it can only be made there.' }),
    url: t.exposeString('url', { description: 'The page of PostHog where it can be made.' }),
    remedy: t.exposeString('remedy', {
      nullable: true,
      description: 'How to switch write-through on, so that this service may make the change. Null if that would not help.',
    }),
  }),
})

builder.objectType(VersionConflictError, {
  name: 'VersionConflictError',
  description:
    'The project is linked to PostHog, and somebody else changed the same values there. Nothing was written. The stored copy is current now: ' +
    'read it, and decide again.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    expectedVersion: t.exposeInt('expectedVersion', {
      nullable: true,
      description: 'The version of the flag that the change was made for: the one that you sent, or that was stored here.',
    }),
    currentVersion: t.exposeInt('currentVersion', { nullable: true, description: 'The version of the flag in PostHog now.' }),
  }),
})
