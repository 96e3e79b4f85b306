import type { OpenDatabase } from '../database/database.ts'
import { openDatabase } from '../database/open.ts'
import { ensureDemo } from '../features/demo/ensureDemo.ts'
import { systemClock } from '../platform/clock.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'

/** What a command does with the open database. */
type DatabaseWork = (database: OpenDatabase, config: Config) => Promise<void>

/**
 * Runs a command on the database that the settings name, opened and brought up to date as the service opens it, and lets the database
 * go. The process then ends by itself, with code 1 when the command failed. Results belong on standard output; everything that is said
 * about them, on standard error.
 *
 * @param name what was typed, such as `keys create`: it stands before the message of a failure
 * @param options.demo whether the demo data is made where the settings want it and there is no organization yet; true unless said
 */
export async function withDatabase(name: string, work: DatabaseWork, { demo = true }: { demo?: boolean } = {}): Promise<void> {
  try {
    const config = readConfig()
    const database = await openDatabase(config, createLogger(config))
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
