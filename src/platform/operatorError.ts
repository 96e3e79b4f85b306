/** What the person who starts the program can mend: told by its message alone, without a stack. It names the setting or input at fault. */
export class OperatorError extends Error {
  constructor(message: string) {
    super(message)
    this.name = new.target.name
  }
}

/** What went wrong, in words; Node tries every address of a name, and gives all failures without a message of their own. */
export function errorMessage(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(errorMessage).join('; ')
  return error instanceof Error ? error.message : String(error)
}
