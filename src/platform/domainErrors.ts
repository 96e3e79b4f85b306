import { type FieldError, fieldError, maxFieldErrors } from './fieldError.ts'

// The errors that a mutation can return as its result. Any layer may throw them. src/graphql/mutationErrorTypes.ts defines their GraphQL types.
// Code that throws one has written nothing, or its transaction is rolled back.

/** An error that a mutation returns as a type of its own. `code` is an `ErrorCode` of the schema. */
export abstract class DomainError extends Error {
  abstract readonly code: string
}

/** The input is invalid. Carries all errors of the input, not only the first. */
export class ValidationError extends DomainError {
  readonly code = 'VALIDATION_FAILED'
  readonly fieldErrors: readonly FieldError[]
  constructor(fieldErrors: readonly FieldError[]) {
    super(fieldErrors.map(({ message }) => message).join(' '))
    this.fieldErrors = fieldErrors
  }
}

/**
 * Lists the first errors. If there are more, the last entry says so.
 *
 * @throws ValidationError if there are any errors.
 */
export function assertValid(fieldErrors: readonly FieldError[]): void {
  if (fieldErrors.length === 0) return
  if (fieldErrors.length <= maxFieldErrors) throw new ValidationError(fieldErrors)
  throw new ValidationError([...fieldErrors.slice(0, maxFieldErrors - 1), fieldError([], 'More errors are not listed.', 'more_errors')])
}

/** The object's state does not allow the operation. `state` is its current state. */
export class InvalidStateError extends DomainError {
  readonly code = 'INVALID_STATE'
  readonly state: string
  constructor(message: string, state: string) {
    super(message)
    this.state = state
  }
}

/** Somebody else has changed the object since it was read. Only for projects that are linked to PostHog. */
export class VersionConflictError extends DomainError {
  readonly code = 'VERSION_CONFLICT'
  /** The version that the change was made for. Null if that is not known. */
  readonly expectedVersion: number | null
  /** The version that PostHog has. */
  readonly currentVersion: number | null
  constructor(expectedVersion: number | null, currentVersion: number | null) {
    super('Somebody else changed the same values in PostHog since you read them. Nothing was written. Read them again.')
    this.expectedVersion = expectedVersion
    this.currentVersion = currentVersion
  }
}

/** What keeps something from being deleted or switched off, in words and as a node. */
export interface Blocker {
  kind: 'EXPERIMENT' | 'DEPENDENT_FLAG' | 'EARLY_ACCESS_FEATURE' | 'REPLAY_SETTINGS' | 'OPEN_CHANGE_REQUEST'
  message: string
  /** The message without the name of the thing, for viewers who may not read that. Missing if all may. */
  namelessMessage?: string
  /** Null if the service does not store the thing. */
  thing: { type: 'Experiment' | 'FeatureFlag' | 'ChangeRequest'; id: number } | null
}

/** An experiment that uses something. Its name needs a scope of its own. `message` makes the words of what it is called. */
export function experimentBlocker({ id, name }: { id: number; name: string }, message: (called: string) => string): Blocker {
  return {
    kind: 'EXPERIMENT',
    message: message(`The experiment "${name}" (ID: ${id})`),
    namelessMessage: message(`The experiment ${id}`),
    thing: { type: 'Experiment', id },
  }
}

/** The object is in use. */
export class InUseError extends DomainError {
  readonly code = 'IN_USE'
  readonly usedBy: readonly Blocker[]
  constructor(message: string, usedBy: readonly Blocker[]) {
    super(message)
    this.usedBy = usedBy
  }
}

/** The viewer or the API key lacks a permission. */
export class PermissionDeniedError extends DomainError {
  readonly code = 'PERMISSION_DENIED'
}

/** The object does not exist, or the viewer may not see it. */
export class ResourceNotFoundError extends DomainError {
  readonly code = 'NOT_FOUND'
}
