import type { OpenDatabase } from '../database/database.ts'
import { openDatabase } from '../database/open.ts'
import { ensureDemo } from '../features/demo/ensureDemo.ts'
import { systemClock } from '../platform/clock.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'

/** What a command does with the open database. */
type DatabaseWork = (database: OpenDatabase, config: Config) => Promise<void>

/** No request waits for a command, and an import takes as long as its files are large. */
const commandLimits = { statementTimeoutMs: 0, lockTimeoutMs: 0, transactionTimeoutMs: 24 * 60 * 60 * 1000 }

/**
 * Opens and migrates the configured database, as the service does, runs a command on it and closes it.
 * If the command fails, the exit code is 1. Print results to standard output, and messages to standard error.
 *
 * @param name the command as typed, such as `keys create`; error messages start with it
 * @param options.demo whether to add the demo data if `DEMO_DATA` is on and there is no organization; true by default
 */
export async function withDatabase(name: string, work: DatabaseWork, { demo = true }: { demo?: boolean } = {}): Promise<void> {
  try {
    const config = readConfig()
    const database = await openDatabase({ ...config, ...commandLimits }, createLogger(config))
    try {
      if (demo && config.demoData) await ensureDemo(database.db, config.dataDir, systemClock())
      await work(database, config)
    } finally {
      await database.close()
    }
  } catch (error) {
    console.error(`${name}:`, error instanceof OperatorError ? error.message : error)
    process.exitCode = 1
  }
}
