import { z } from 'zod'
import { OperatorError } from '../platform/operatorError.ts'
import { isOneLine } from '../platform/textValidation.ts'

/** @throws OperatorError if a new user cannot have this address or name. */
export function assertValidPerson(email: string, firstName: string): void {
  if (email.length > 254 || !z.email().safeParse(email).success) throw new OperatorError(`'${email}' is not a valid email address.`)
  if (!isOneLine(firstName, 0, 150)) throw new OperatorError('A first name is one line of at most 150 characters.')
}
