import { explainFailure } from '../database/explainFailure.ts'
import { InterruptedError } from './terminal/interruptible.ts'
import { UsageError } from './usageError.ts'

/** How long a command that failed may take to end. */
const maxClosingMs = 2_000

/** The exit code of a command that was used wrongly: of an unknown option, a missing argument, or options that do not fit together. */
export const usageExitCode = 2

/**
 * Runs a command. If it fails, the exit code says so, and standard error says what to do about it. Only a bug is printed with its stack trace.
 *
 * @param name the command as typed, such as `keys create`; messages start with it
 */
export async function reportFailure(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(`${name}:`, explainFailure(error) ?? error)
    process.exitCode = exitCodeOf(error)
    // An embedded database that failed can fail once more while it is closed, or never close.
    process.on('uncaughtException', () => process.exit())
    setTimeout(() => process.exit(), maxClosingMs).unref()
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return error.exitCode
  return error instanceof UsageError ? usageExitCode : 1
}
