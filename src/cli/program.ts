import { readFileSync } from 'node:fs'
import { Command, type Help } from 'commander'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { allCommands, pathOf } from './terminal/commandTree.ts'

interface CommandEntry {
  /** What the list of commands says. */
  summary: string
  load(): Promise<{ command: Command }>
}

/** The commands, in the order of their list. Their modules are loaded when they are named, because each brings a part of the service along. */
const entries: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>([
  ['start', { summary: 'serves the graph', load: () => import('./start.ts') }],
  ['seed', { summary: 'adds the demo data to an empty database', load: () => import('./seed.ts') }],
  ['keys', { summary: 'manages API keys', load: () => import('./keys.ts') }],
  ['members', { summary: 'manages people, their levels and roles', load: () => import('./members.ts') }],
  ['link', { summary: 'links a project to PostHog', load: () => import('./link.ts') }],
  ['import', { summary: 'imports files into a project', load: () => import('./import.ts') }],
  ['export', { summary: 'writes a project into files', load: () => import('./export.ts') }],
  ['migrate', { summary: 'updates the database', load: () => import('./migrate.ts') }],
  ['jobs', { summary: 'runs a job once', load: () => import('./jobs.ts') }],
  ['doctor', { summary: 'checks the settings, the database and what else the service needs', load: () => import('./doctor.ts') }],
  ['schema', { summary: 'prints the schema, or compares it with that of a server', load: () => import('./schema.ts') }],
  ['explain', { summary: 'says what an operation costs and which statements it sends', load: () => import('./explain.ts') }],
  ['completion', { summary: 'prints a script with which a shell completes commands', load: () => import('./completion.ts') }],
])

const helpAfter = `
Exit codes: 0 done, 1 failed, 2 wrongly used, 130 ended with Ctrl-C.
Results go to standard output, messages and progress to standard error.
Settings come from environment variables: see docs/configuration.md.`

/**
 * Makes the program with all its commands.
 *
 * @param isNeeded says which commands are loaded. The others only stand in the list.
 */
export async function createProgram(isNeeded: (name: string) => boolean): Promise<Command> {
  const program = new Command('experiments-graph')
    // Options after the name of a command are of that command, also where the command above it has one of the same name.
    .enablePositionalOptions()
    .description('A GraphQL service over experiments and feature flags, and what its operators need.')
    .version(readVersion(), '--version', 'prints the version')
    .addHelpText('after', helpAfter)
  for (const [name, { summary, load }] of entries) {
    const command = isNeeded(name) ? (await load()).command : new Command(name)
    program.addCommand(command.summary(summary))
  }
  for (const command of allCommands(program)) {
    // Commander would end the process, with what it has written still on its way.
    command
      .exitOverride()
      .configureHelp({ commandUsage: usageOf })
      .showHelpAfterError(`\`${typedCommand([...pathOf(command), '--help'].join(' '))}\` says more.`)
  }
  return program
}

const usageOf: Help['commandUsage'] = (command) => {
  const typed = typedCommand(pathOf(command).join(' '))
  return `${typed}${/^npm run \w+$/.test(typed) ? ' --' : ''} ${command.usage()}`
}

function readVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
