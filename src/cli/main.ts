import type { Command } from 'commander'

// The program for operators: `npm run keys -- list` runs `main.ts keys list`. Only the module of the named command is loaded.

const commands = new Map<string, () => Promise<{ command: Command }>>([
  ['import', () => import('./import.ts')],
  ['jobs', () => import('./jobs.ts')],
  ['keys', () => import('./keys.ts')],
  ['migrate', () => import('./migrate.ts')],
  ['schema', () => import('./schema.ts')],
])

const [name = '', ...args] = process.argv.slice(2)
const load = commands.get(name)
if (load === undefined) {
  console.error(`Name a command: ${[...commands.keys()].join(', ')}.`)
  process.exitCode = 1
} else {
  const { command } = await load()
  await command.parseAsync(args, { from: 'user' })
}
