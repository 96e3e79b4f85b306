import { explainFailure } from '../database/explainFailure.ts'

/** How long a command that failed may take to end. */
const maxClosingMs = 2_000

/**
 * Runs a command. If it fails, the exit code is 1, and standard error says what to do about it. Only a bug is printed with its stack trace.
 *
 * @param name the command as typed, such as `keys create`; messages start with it
 */
export async function reportFailure(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(`${name}:`, explainFailure(error) ?? error)
    process.exitCode = 1
    // An embedded database that failed can fail once more while it is closed, or never close.
    process.on('uncaughtException', () => process.exit())
    setTimeout(() => process.exit(), maxClosingMs).unref()
  }
}
