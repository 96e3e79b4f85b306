/** An error that the operator can fix. Printed without a stack trace, so the message names the setting or input at fault. */
export class OperatorError extends Error {
  constructor(message: string) {
    super(message)
    this.name = new.target.name
  }
}

/** Returns the message of an error. Node tries every address of a host, and throws an AggregateError without a message if all fail. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorMessage).join('; ')
  return error instanceof Error ? error.message : String(error)
}
