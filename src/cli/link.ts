import { Command, InvalidArgumentError, Option } from 'commander'
import type { Database } from '../database/database.ts'
import type { EventSource, LinkMode, ProjectLink } from '../database/generated/client.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { createLogger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'
import { typedCommand } from '../platform/program/typedCommand.ts'
import { maskSecret } from '../platform/secrets/secretBox.ts'
import { formatTable } from '../platform/table.ts'
import { UpstreamError } from '../platform/upstreamError.ts'
import { systemTiming } from '../posthog/client/retries.ts'
import { progressBar } from '../posthog/import/progress.ts'
import { findProject, type ImportTarget, targetProject } from '../posthog/import/targetProject.ts'
import { checkTable } from '../posthog/link/connect/check.ts'
import { createLinkClients, type LinkClients } from '../posthog/link/connect/linkClients.ts'
import { createLinks, type Links } from '../posthog/link/createLinks.ts'
import { createFollower } from '../posthog/link/follower.ts'
import { interruptible } from './terminal/interruptible.ts'
import { type JsonOption, jsonOption, printResult } from './terminal/printResult.ts'
import { readSecret } from './terminal/readSecret.ts'
import { UsageError } from './usageError.ts'
import { withDatabase } from './withDatabase.ts'

interface LinkOptions extends JsonOption {
  host?: string
  project?: number
  into?: string
  createProject?: string
  organization?: string
  mode: LinkMode
  events?: EventSource
  checkOnly?: true
}

export const command = new Command('link')
  // `--project` of a sub-command is the project here, not that in PostHog.
  .enablePositionalOptions()
  .description(
    'Links a project to a project of PostHog, which is then the truth: copies it, and the service follows its changes. The key of PostHog is ' +
      'read from POSTHOG_API_KEY, or asked for. It is stored encrypted with LINK_ENCRYPTION_KEY.',
  )
  .option('--host <url>', 'where PostHog is, such as https://eu.posthog.com')
  .option('--project <number>', 'the project in PostHog: the number in its address', parseNumber)
  .option('--into <project>', 'the project here that becomes its mirror: its number or global id')
  .option('--create-project <name>', 'creates the project here')
  .option('--organization <id-or-name>', 'the organization of the new project; default: the only organization, or the demo organization')
  .addOption(
    new Option('--mode <mode>', 'mirror: changes are made in PostHog. write-through: mutations here are sent to PostHog')
      .choices(['mirror', 'write-through'])
      .default('mirror'),
  )
  .addOption(
    new Option('--events <where>', 'where events are read; default: here if there are any, else in PostHog').choices(['posthog', 'stored']),
  )
  .option('--check-only', 'only says what the key may read and write')
  .addOption(jsonOption())
  .addHelpText('after', `\nExample: ${typedCommand('link --host https://eu.posthog.com --project 123 --create-project "My shop"')}`)
  .action((options: Omit<LinkOptions, 'mode'> & { mode: string }) =>
    withLinks('link', (tools) => linkProject(tools, { ...options, mode: options.mode === 'mirror' ? 'mirror' : 'write_through' })),
  )

command
  .command('status')
  .description('Lists all links: how they are, and when they were last in step with PostHog.')
  .addOption(jsonOption())
  .action((options: JsonOption) =>
    withLinks('link status', async ({ database: { db }, clients }) => {
      const links = await db.projectLink.findMany({
        orderBy: { projectId: 'asc' },
        take: 1_000,
        include: { project: { select: { name: true } } },
      })
      if (links.length === 0) console.error('No project is linked.')
      const rows = links.map((link) => [
        `${link.projectId} (${link.project.name})`,
        `${new URL(link.host).host} ${link.upstreamProjectId}`,
        link.mode === 'mirror' ? 'mirror' : 'write-through',
        link.state,
        link.lastSyncAt?.toISOString() ?? 'never',
        maskOf(clients, link),
        link.lastError ?? '',
      ])
      const head = ['PROJECT', 'POSTHOG', 'MODE', 'STATE', 'LAST IN STEP', 'KEY', 'PROBLEM']
      printResult(options, links.map(toStatus), links.length === 0 ? null : formatTable([head, ...rows], 'left'))
    }),
  )

command
  .command('unlink')
  .description('Ends a link. What was copied stays, and is then the project’s own.')
  .requiredOption('--project <project>', 'the project here: its number or global id')
  .action(({ project: name }: { project: string }) =>
    withLinks('link unlink', async ({ database: { db }, links }) => {
      const project = await findProject(db, name)
      if (!(await links.unlink(project.id))) throw notLinked(project.id)
      console.error(`Project ${project.id}, ${JSON.stringify(project.name)}, is on its own from now on.`)
    }),
  )

command
  .command('resync')
  .description('Compares all rows with PostHog at the next round, and mends what differs. Also starts a stopped link again.')
  .requiredOption('--project <project>', 'the project here: its number or global id')
  .option('--accept-deletions', 'deletes what is gone from PostHog, however much it is')
  .action(({ project: name, acceptDeletions }: { project: string; acceptDeletions?: true }) =>
    withLinks('link resync', async ({ database: { db }, links }) => {
      const project = await findProject(db, name)
      if (acceptDeletions) {
        await db.$executeRaw`
          UPDATE project_links SET marks = jsonb_set(marks, '{acceptsDeletions}', 'true') WHERE project_id = ${project.id}::int`
      }
      if ((await links.resync(project.id)) === null) throw notLinked(project.id)
      console.error(`The next round of a server compares all rows. \`${typedCommand('link status')}\` says how it went.`)
    }),
  )

command
  .command('rotate-key')
  .description(
    'Encrypts all stored keys with LINK_ENCRYPTION_KEY. List the former one in PREVIOUS_LINK_ENCRYPTION_KEYS until this is done.',
  )
  .action(() =>
    withLinks('link rotate-key', async ({ links }) => {
      console.error(`Encrypted anew: ${await links.rotateKeys()}.`)
    }),
  )

command
  .command('skipped')
  .description('Lists the rows of PostHog that could not be stored, and why.')
  .requiredOption('--project <project>', 'the project here: its number or global id')
  .addOption(jsonOption())
  .action(({ project: name, ...options }: { project: string } & JsonOption) =>
    withLinks('link skipped', async ({ database: { db } }) => {
      const project = await findProject(db, name)
      const rows = await db.linkSkippedRow.findMany({
        where: { projectId: project.id },
        orderBy: [{ seenAt: 'desc' }, { kind: 'asc' }, { upstreamId: 'asc' }],
        take: 1_000,
      })
      if (rows.length === 0) console.error('No row was skipped.')
      const skipped = rows.map(({ kind, upstreamId, reason }) => ({ kind, upstreamId, reason }))
      const table = formatTable([['KIND', 'ID', 'REASON'], ...skipped.map((row) => Object.values(row))], 'left')
      printResult(options, skipped, rows.length === 0 ? null : table)
    }),
  )

interface Tools {
  database: Database
  config: Config
  clients: LinkClients
  links: Links
}

/** Errors of PostHog are sentences for the operator. */
function withLinks(name: string, work: (tools: Tools) => Promise<void>): Promise<void> {
  return withDatabase(name, async (database, config) => {
    const clients = createLinkClients(database.db, config, { ...systemTiming, clock: systemClock })
    const links = createLinks({ database, clients, publicUrl: config.publicUrl, log: createLogger(config) })
    try {
      await work({ database, config, clients, links })
    } catch (error) {
      throw error instanceof UpstreamError ? new OperatorError(error.message) : error
    } finally {
      await clients.close()
    }
  })
}

async function linkProject(
  tools: Tools,
  { host, project: upstreamProjectId, mode, events, checkOnly, json, ...options }: LinkOptions,
): Promise<void> {
  const { database, clients, links } = tools
  if (host === undefined || upstreamProjectId === undefined) {
    throw new UsageError('Name the project in PostHog: --host https://eu.posthog.com --project 123.')
  }
  const key =
    process.env.POSTHOG_API_KEY?.trim() ||
    (await readSecret('Personal API key of PostHog: ', 'Set POSTHOG_API_KEY to a personal API key of PostHog.')).trim()
  if (key === '') throw new OperatorError('Set POSTHOG_API_KEY to a personal API key of PostHog.')
  const check = await links.check({ host, upstreamProjectId, key })
  console.error(formatTable(checkTable(check), 'left'))
  if (checkOnly) return printResult({ json }, { permissions: check.permissions }, null)
  // Before a project is created for nothing.
  clients.secretBox.seal(0, key)
  const target = parseTarget(options, check.upstreamProject.timezone)
  const { id: projectId, name } = await database.db.$transaction((tx) => targetProject(tx, target))
  const follower = createFollower({ ...followerTools(tools), onProgress: showProgress() })
  const { link } = await links.link({ projectId, host, upstreamProjectId, key, mode, events: events ?? null }, follower.holder)
  const copied = await interruptible(interruptedCopy(projectId), async (signal) => {
    signal.addEventListener('abort', () => void follower.stop())
    await follower.run(link).finally(bar.end)
    const copied = await database.db.projectLink.findUniqueOrThrow({ where: { projectId } })
    if (copied.copiedAt === null) signal.throwIfAborted()
    return copied
  })
  if (copied.copiedAt === null) {
    throw new OperatorError(copied.lastError === null ? interruptedCopy(projectId) : `${copied.lastError} ${keptLink(projectId)}`)
  }
  const skipped = await database.db.linkSkippedRow.count({ where: { projectId } })
  printResult({ json }, { project: { id: projectId, name }, ...toStatus(copied), skipped }, null)
  console.error(
    `Project ${projectId}, ${JSON.stringify(name)}, ${link.mode === 'mirror' ? 'mirrors' : 'is written through to'} project ${upstreamProjectId} of ${new URL(link.host).host}.` +
      `${skipped === 0 ? '' : ` Skipped rows: ${skipped}. \`${typedCommand(`link skipped --project ${projectId}`)}\` lists them.`}` +
      ' A running service follows its changes.',
  )
}

const interruptedCopy = (projectId: number) => `The first copy was interrupted. ${keptLink(projectId)}`

function keptLink(projectId: number): string {
  return `The link is kept: a running service goes on with the copy. \`${typedCommand(`link unlink --project ${projectId}`)}\` ends it.`
}

/** A link for programs, without its key. */
function toStatus({ projectId, host, upstreamProjectId, mode, state, lastSyncAt, behindBy, lastError }: ProjectLink) {
  return { projectId, host, upstreamProjectId, mode, state, lastSyncAt, behindBy, lastError }
}

const bar = progressBar()

function showProgress(): (projectId: number, state: { rows: number; total: number }) => void {
  let total = 0
  let rows = 0
  return (_projectId, state) => {
    if (state.total !== total) {
      bar.begin('Copying', state.total)
      rows = 0
    }
    total = state.total
    bar.advance(Math.max(0, state.rows - rows))
    rows = state.rows
  }
}

function followerTools({ database, clients, config }: Tools) {
  return { database, clients, settings: config, log: createLogger({ logLevel: 'silent' }) }
}

function parseTarget(options: Pick<LinkOptions, 'into' | 'createProject' | 'organization'>, timezone: string | null): ImportTarget {
  const { into, createProject, organization } = options
  if (createProject !== undefined && into === undefined) return { createProject, organization, timezone: timezone ?? undefined }
  if (into === undefined || createProject !== undefined) {
    throw new UsageError('Name the project here: either --into NUMBER or --create-project NAME.')
  }
  if (organization !== undefined) throw new UsageError('--organization is only for a new project. Use it with --create-project.')
  return { project: into }
}

const notLinked = (projectId: number) => new OperatorError(`Project ${projectId} is not linked.`)

/** A key that cannot be decrypted is said, and does not hide the others. */
function maskOf(clients: LinkClients, { projectId, encryptedKey }: ProjectLink): string {
  try {
    return maskSecret(clients.secretBox.open(projectId, encryptedKey))
  } catch {
    return 'cannot be decrypted'
  }
}

function parseNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Use the number in the address of the project.')
}
