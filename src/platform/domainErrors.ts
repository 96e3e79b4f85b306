import type { Fault } from './fieldError.ts'

// What a mutation may answer instead of what it was asked for. Anything may throw them; src/graphql/mutationErrorTypes.ts gives them to GraphQL.
// Whoever throws one has written nothing, or undoes it.

/** A refusal that is told by its type. `code` is an `ErrorCode` of the schema. */
export abstract class Refusal extends Error {
  abstract readonly code: string
}

/** The input is wrong: every fault of it. */
export class ValidationRefusal extends Refusal {
  readonly code = 'VALIDATION_FAILED'
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super(faults.map(({ message }) => message).join(' '))
    this.faults = faults
  }
}

/** @throws ValidationRefusal when there is any fault. */
export function refuseFaults(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new ValidationRefusal(faults)
}

/** The thing is not in a state in which this can be done to it. `state` is the one it is in. */
export class InvalidStateRefusal extends Refusal {
  readonly code = 'INVALID_STATE'
  readonly state: string
  constructor(message: string, state: string) {
    super(message)
    this.state = state
  }
}

/** The viewer, or their key, may not do this here. */
export class PermissionDeniedRefusal extends Refusal {
  readonly code = 'PERMISSION_DENIED'
}

/** There is no such thing, or the viewer may not see it. */
export class NotFoundRefusal extends Refusal {
  readonly code = 'NOT_FOUND'
}
