import { Command } from 'commander'
import { type Demo, ensureDemo } from '../features/demo/ensureDemo.ts'
import { systemClock } from '../platform/clock.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { withDatabase } from './withDatabase.ts'

export const command = new Command('seed')
  .description(
    'Adds the demo project to an empty database, and prints its two API keys. A database with the demo data is left as it is. ' +
      'A database with other data is refused. The keys are kept in DATA_DIR.',
  )
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: DATABASE_URL=postgres://localhost/demo ${typedCommand('seed')}`)
  .action((options: JsonOption) =>
    withDatabase(
      'seed',
      async (database, { dataDir }) => {
        const organizations = await database.db.organization.count()
        const demo = await ensureDemo(database, dataDir, systemClock())
        if (demo === null) {
          throw new OperatorError(
            `The database holds other data: organizations: ${organizations}. Nothing was added. Name an empty database, with DATABASE_URL or DATA_DIR.`,
          )
        }
        printResult(options, { seeded: organizations === 0, ...demo }, describeDemo(demo))
        console.error(organizations === 0 ? 'The demo data was added.' : 'The database has the demo data already. Nothing was added.')
      },
      { demo: false },
    ),
  )

function describeDemo({ projectId, key, keyFile, member }: Demo): string {
  const lines = [`Project:       ${projectId}`, `Demo API key:  ${key} (${keyFile})`]
  return [...lines, ...(member === null ? [] : [`Member's key:  ${member.key} (${member.keyFile})`])].join('\n')
}
