import { Command } from 'commander'
import { sendLeftovers } from '../database/sendLeftovers.ts'
import { expireChangeRequests, revalidateChangeRequests } from '../features/approvals/data/jobs.ts'
import { createLastCallNotes } from '../features/events/noteLastCalls.ts'
import { systemClock } from '../platform/clock.ts'
import { createLogger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { withDatabase } from './withDatabase.ts'
// Registers the commands that change requests replay: revalidation plans them again.
import '../schema/schema.ts'

export const command = new Command('jobs')
  .description('Runs a job once. The service runs these jobs every JOBS_INTERVAL_SECONDS; set that to 0 if cron runs them.')
  .addHelpText('after', `\nExample: ${typedCommand('jobs expire --json')}`)

command
  .command('expire')
  .description('Expires the change requests that have waited too long.')
  .addOption(jsonOption())
  .action((options: JsonOption) =>
    withDatabase('jobs expire', async (database, config) => {
      const { expired, errors } = await expireChangeRequests(database, systemClock(), createLogger(config))
      printResult(options, { expired, errors }, `Expired: ${expired}. Errors: ${errors}.`)
      if (errors > 0) process.exitCode = 1
    }),
  )

command
  .command('revalidate')
  .description('Checks every open change request: whether it is stale, and whether its requester may still make the change.')
  .addOption(jsonOption())
  .action((options: JsonOption) =>
    withDatabase('jobs revalidate', async (database, config) => {
      const { checked, stale, healed, errors } = await revalidateChangeRequests(database, systemClock(), createLogger(config))
      const text = `Checked: ${checked}. Newly stale or invalid: ${stale}. Valid again: ${healed}. Errors: ${errors}.`
      printResult(options, { checked, stale, healed, errors }, text)
      if (errors > 0) process.exitCode = 1
    }),
  )

command
  .command('send')
  .description('With REDIS_URL: sends the events of changes whose server ended before it could send them.')
  .addOption(jsonOption())
  .action((options: JsonOption) =>
    withDatabase('jobs send', async (database) => {
      const { sent } = await sendLeftovers(database, systemClock())
      printResult(options, { sent }, `Sent: ${sent}.`)
    }),
  )

command
  .command('calls')
  .description('With EVENTS_URL: notes when flags were last called, from the events of the last 90 days in ClickHouse.')
  .addOption(jsonOption())
  .action((options: JsonOption) =>
    withDatabase('jobs calls', async (database) => {
      if (database.eventsElsewhere === undefined)
        throw new OperatorError('Set EVENTS_URL. Events in the database note calls by themselves.')
      const { noted } = await createLastCallNotes(database)(systemClock())
      printResult(options, { noted }, `Noted: ${noted}.`)
    }),
  )
