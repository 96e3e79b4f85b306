import type { FieldError } from './fieldError.ts'

// What a mutation may answer instead of what it was asked for. Anything may throw them; src/graphql/mutationErrorTypes.ts gives them to GraphQL.
// Whoever throws one has written nothing, or undoes it.

/** A refusal that is told by its type. `code` is an `ErrorCode` of the schema. */
export abstract class DomainError extends Error {
  abstract readonly code: string
}

/** The input is wrong: every fault of it. */
export class ValidationError extends DomainError {
  readonly code = 'VALIDATION_FAILED'
  readonly fieldErrors: readonly FieldError[]
  constructor(fieldErrors: readonly FieldError[]) {
    super(fieldErrors.map(({ message }) => message).join(' '))
    this.fieldErrors = fieldErrors
  }
}

/** @throws ValidationRefusal when there is any fault. */
export function assertValid(fieldErrors: readonly FieldError[]): void {
  if (fieldErrors.length > 0) throw new ValidationError(fieldErrors)
}

/** The thing is not in a state in which this can be done to it. `state` is the one it is in. */
export class InvalidStateError extends DomainError {
  readonly code = 'INVALID_STATE'
  readonly state: string
  constructor(message: string, state: string) {
    super(message)
    this.state = state
  }
}

/** The viewer, or their key, may not do this here. */
export class PermissionDeniedError extends DomainError {
  readonly code = 'PERMISSION_DENIED'
}

/** There is no such thing, or the viewer may not see it. */
export class ResourceNotFoundError extends DomainError {
  readonly code = 'NOT_FOUND'
}
