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

/** The viewer or the API key lacks a permission. */
export class PermissionDeniedError extends DomainError {
  readonly code = 'PERMISSION_DENIED'
}

/** The object does not exist, or the viewer may not see it. */
export class ResourceNotFoundError extends DomainError {
  readonly code = 'NOT_FOUND'
}
