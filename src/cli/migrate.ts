import { Command } from 'commander'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { withDatabase } from './withDatabase.ts'

export const command = new Command('migrate')
  .description('Applies the missing migrations. The service and every other command also do that at their start.')
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: DATABASE_URL=postgres://localhost/experiments ${typedCommand('migrate')}`)
  .action((options: JsonOption) =>
    withDatabase(
      'migrate',
      async ({ migrated }) => {
        printResult(options, { applied: migrated }, migrated.join('\n') || null)
        console.error(migrated.length === 0 ? 'The database is up to date: nothing to apply.' : `Applied: ${migrated.length}.`)
      },
      { demo: false },
    ),
  )
