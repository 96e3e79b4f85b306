import { Command } from 'commander'
import { withDatabase } from './withDatabase.ts'

export const command = new Command('npm run migrate')
  .description('Brings the database up to date. The service and every command do so too, when they open it.')
  .action(() =>
    withDatabase(
      'migrate',
      async ({ migrated }) => {
        for (const name of migrated) console.log(name)
        console.error(migrated.length === 0 ? 'The database was up to date: nothing to apply.' : `Applied: ${migrated.length}.`)
      },
      { demo: false },
    ),
  )
