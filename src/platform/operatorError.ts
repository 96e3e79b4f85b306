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

/** What an operator can do about errors of the operating system. Each text follows the path. */
const systemAdvice: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist, or its folder does not. Check the path. To write there, create the folder first.',
  ENOTDIR: 'goes through a file that is no folder. Name another place.',
  EISDIR: 'is a folder. Name a file.',
  EACCES: 'may not be used by this user. Change its rights, or name another place.',
  EPERM: 'may not be used by this user. Change its rights, or name another place.',
  EROFS: 'is on a disk that takes no writes. Name another place.',
  ENOSPC: 'cannot be written: the disk is full. Free some space, or name another place.',
  EDQUOT: 'cannot be written: the quota of the disk is used up. Free some space, or name another place.',
  EMFILE: 'cannot be opened: too many files are open. Raise the limit (ulimit -n).',
  ENAMETOOLONG: 'has a name that is too long. Choose a shorter one.',
  EEXIST: 'exists already, and is of another kind. Name another place.',
  EBUSY: 'is in use: a disk is mounted there, or another program has it open. Name another place, or a new folder in it.',
  ELOOP: 'is a link that leads to itself. Name another place.',
  EIO: 'cannot be read or written: the disk has a fault. Name another place.',
}

/** Explains an error of the operating system in a sentence that says what to do. Null for other errors, and those that are about no file. */
export function explainSystemError(error: unknown, place?: string): string | null {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException
  if (syscall === undefined) return null
  const advice = systemAdvice[code]
  if (advice !== undefined) return `${place ?? path ?? 'The file'} ${advice}`
  return path === undefined ? null : `${place ?? path} cannot be used: ${errorMessage(error)}. Name another place.`
}

const listenAdvice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Stop the program that uses the port, or choose another.',
  EACCES: 'Choose a port from 1024 on: the others need special rights.',
  EADDRNOTAVAIL: 'Choose an address of this machine.',
  ENOTFOUND: 'Choose a name or an address of this machine.',
}

/** The error for a port that a server cannot open. `settings` names where it comes from. */
export function listenError(settings: string, error: unknown): OperatorError {
  const advice = listenAdvice[(error as NodeJS.ErrnoException).code ?? '']
  return new OperatorError(`${settings} cannot be used: ${errorMessage(error)}${advice === undefined ? '' : `. ${advice}`}`)
}
