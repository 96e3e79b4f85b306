import { errorMessage, explainSystemError, OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { faultOf } from './faults.ts'

/** What an operator can do about errors of PostgreSQL, by their code. */
const advice: Readonly<Record<string, string>> = {
  '42501': `Give the user of the database the rights to it, or run \`${typedCommand('migrate')}\` as a user who has them.`,
  '3F000': `Give the user of the database the right to create tables, or run \`${typedCommand('migrate')}\` as a user who has it.`,
  '25006': 'It takes no writes. DATABASE_URL must name the primary server.',
  '53100': 'Its disk is full. Free some space, and try again.',
}

/**
 * Explains a failure that the operator can mend, in a sentence that says what to do: wrong settings and input, files, rights, disks, and the
 * database. Null for all other errors: they are bugs, and need their stack trace.
 */
export function explainFailure(error: unknown): string | null {
  if (error instanceof OperatorError) return error.message
  const { code, message } = postgresError(error)
  const what = advice[code]
  if (what !== undefined) return `The database refused: ${message}. ${what}`
  return explainSystemError(error) ?? (faultOf(error) === null ? null : `The database cannot do this now: ${lastLine(error)} Try again.`)
}

/** The code and message of an error of PostgreSQL: of pg, or of Prisma, which keeps it inside. Empty texts for other errors. */
function postgresError(error: unknown): { code: string; message: string } {
  const { meta, cause } = (error ?? {}) as { meta?: { driverAdapterError?: { cause?: object } }; cause?: object }
  const inner = meta?.driverAdapterError?.cause ?? cause ?? {}
  const { originalCode: code, originalMessage: message } = inner as { originalCode?: string; originalMessage?: string }
  if (code !== undefined) return { code, message: message ?? '' }
  const own = (error ?? {}) as { severity?: string; code?: string }
  return own.severity === undefined ? { code: '', message: '' } : { code: own.code ?? '', message: errorMessage(error) }
}

/** Prisma's messages have several lines, with code in them. The last one says what was wrong. */
function lastLine(error: unknown): string {
  const text = errorMessage(error).trim().split('\n').at(-1) ?? ''
  return text.endsWith('.') ? text : `${text}.`
}
