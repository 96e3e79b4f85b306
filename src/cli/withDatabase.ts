import type { OpenDatabase } from '../database/database.ts'
import { openDatabase } from '../database/open.ts'
import { ensureDemo } from '../features/demo/ensureDemo.ts'
import type { Observer } from '../platform/activity.ts'
import { systemClock } from '../platform/clock.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { reportFailure } from './reportFailure.ts'

/** How long closing may take after a failure, in milliseconds. */
const closeLimitMs = 2_000

/** What a command does with the open database. */
type DatabaseWork = (database: OpenDatabase, config: Config) => Promise<void>

/** No request waits for a command, and an import takes as long as its files are large. Commands use the primary only. */
const commandSettings = { statementTimeoutMs: 0, lockTimeoutMs: 0, transactionTimeoutMs: 24 * 60 * 60 * 1000, databaseReplicaUrls: null }

/**
 * Opens and migrates the configured database, as the service does, runs a command on it and closes it.
 * If the command fails, the exit code is 1. Print results to standard output, and messages to standard error.
 *
 * @param name the command as typed, such as `keys create`; error messages start with it
 * @param options.observer is told of each statement
 * @param options.demo whether to add the demo data if `DEMO_DATA` is on and there is no organization; true by default
 */
export function withDatabase(
  name: string,
  work: DatabaseWork,
  { demo = true, observer }: { demo?: boolean; observer?: Observer } = {},
): Promise<void> {
  return reportFailure(name, async () => {
    const config = readConfig()
    const database = await openDatabase({ ...config, ...commandSettings }, createLogger(config), observer)
    try {
      if (demo && config.demoData) await ensureDemo(database, config.dataDir, systemClock())
      await work(database, config)
    } catch (error) {
      // The first error says what is wrong, and closing can fail for the same reason.
      await withinLimit(database.close())
      throw error
    }
    await database.close()
  })
}

/** Waits until the database is closed, or for a while: one that failed may never close. */
function withinLimit(closing: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, closeLimitMs)
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    closing.then(end, end)
  })
}
