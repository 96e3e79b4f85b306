/** What the person at a command line can mend: told by its message alone, without a stack. */
export class UserMistake extends Error {
  constructor(message: string) {
    super(message)
    this.name = new.target.name
  }
}

/** The message of an error that a person can mend; null for one that only its stack explains. */
export function mendable(error: unknown): string | null {
  if (error instanceof UserMistake) return error.message
  if (!(error instanceof Error) || !('code' in error)) return null
  const code = String(error.code)
  if (fileProblem.test(code) || portProblem.test(code)) return error.message
  if (!unreachable.test(code)) return null
  // Node tries every address of a name, and gives all failures without a message of their own.
  const message = error instanceof AggregateError ? error.errors.map(({ message }) => message).join('; ') : error.message
  return `The database cannot be reached: ${message}`
}

const fileProblem = /^(ENOENT|EEXIST|EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EISDIR)$/
const portProblem = /^EADDR[A-Z]+$/

/** Node's codes for a network that does not answer, and PostgreSQL's for a connection it refuses, a wrong password, no such database. */
const unreachable = /^(ECONN[A-Z]+|ENOTFOUND|EAI_[A-Z]+|ETIMEDOUT|E(HOST|NET)UNREACH|08...|28...|3D000|42501|53...|57P0.)$/
