import { Command } from 'commander'
import { expireChangeRequests, revalidateChangeRequests } from '../features/approvals/data/jobs.ts'
import { systemClock } from '../platform/clock.ts'
import { createLogger } from '../platform/logger.ts'
import { withDatabase } from './withDatabase.ts'
// Change requests are told valid by the operations that they are to do again.
import '../schema/schema.ts'

export const command = new Command('npm run jobs --').description(
  'Does once what the service does every few minutes: for cron, where the schedule inside the service is switched off (JOBS_INTERVAL_SECONDS=0).',
)

command
  .command('expire')
  .description('Expires the change requests whose time has passed.')
  .action(() =>
    withDatabase('jobs expire', async (database, config) => {
      const { expired, errors } = await expireChangeRequests(database, systemClock(), createLogger(config))
      console.log(`Expired: ${expired}. Errors: ${errors}.`)
      if (errors > 0) process.exitCode = 1
    }),
  )

command
  .command('revalidate')
  .description('Looks at every open change request: does it still fit its flag, may its requester still make it?')
  .action(() =>
    withDatabase('jobs revalidate', async (database, config) => {
      const { checked, stale, healed, errors } = await revalidateChangeRequests(database, systemClock(), createLogger(config))
      console.log(`Checked: ${checked}. Newly stale or invalid: ${stale}. Valid again: ${healed}. Errors: ${errors}.`)
      if (errors > 0) process.exitCode = 1
    }),
  )
