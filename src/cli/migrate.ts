import { Command } from 'commander'
import { runCommand } from './withDatabase.ts'

await new Command('npm run migrate')
  .description('Brings the database up to date. The service and every command do so too, when they open it.')
  .action(() =>
    runCommand(
      'migrate',
      async (_db, _config, migrated) => {
        for (const name of migrated) console.log(name)
        console.error(migrated.length === 0 ? 'The database was up to date: nothing to apply.' : `Applied: ${migrated.length}.`)
      },
      { demo: false },
    ),
  )
  .parseAsync()
