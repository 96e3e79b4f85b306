import { Command } from 'commander'
import { start } from '../main.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { reportFailure } from './reportFailure.ts'

export const command = new Command('start')
  .description(
    'Serves the graph until a stop signal. Without settings, it uses an embedded database in the folder .data, and adds demo data to it. ' +
      'DATABASE_URL names a PostgreSQL, PORT another port.',
  )
  .addHelpText('after', `\nExample: PORT=8080 ${typedCommand('start')}`)
  .action(() => reportFailure('start', start))
