import { type Command, CommanderError } from 'commander'
import { watchOutput } from './watchOutput.ts'

// The program for operators: `npm run keys -- list` runs `main.ts keys list`. Only the module of the named command is loaded.

const commands = new Map<string, () => Promise<{ command: Command }>>([
  ['export', () => import('./export.ts')],
  ['import', () => import('./import.ts')],
  ['jobs', () => import('./jobs.ts')],
  ['keys', () => import('./keys.ts')],
  ['link', () => import('./link.ts')],
  ['migrate', () => import('./migrate.ts')],
  ['schema', () => import('./schema.ts')],
])

watchOutput((message) => {
  console.error(message)
  process.exitCode = 1
})

const [name = '', ...args] = process.argv.slice(2)
const load = commands.get(name)
if (load === undefined) {
  console.error(`Name a command: ${[...commands.keys()].join(', ')}.`)
  process.exitCode = 1
} else {
  const { command } = await load()
  // Commander would end the process, with what it has written still on its way.
  for (const each of [command, ...command.commands]) each.exitOverride()
  try {
    await command.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode ??= error.exitCode
  }
}
