import { Command } from 'commander'
import { withDatabase } from './withDatabase.ts'

export const command = new Command('npm run migrate')
  .description('Applies the missing migrations. The service and every other command also do that at their start.')
  .action(() =>
    withDatabase(
      'migrate',
      async ({ migrated }) => {
        for (const name of migrated) console.log(name)
        console.error(migrated.length === 0 ? 'The database is up to date: nothing to apply.' : `Applied: ${migrated.length}.`)
      },
      { demo: false },
    ),
  )
