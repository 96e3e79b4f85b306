import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { ProjectLink } from '../../database/generated/client.ts'
import { expectedIndexes } from '../../database/inspection/expectedIndexes.ts'
import { inspectDatabase } from '../../database/inspection/inspectDatabase.ts'
import { pingRedis } from '../../database/inspection/pingRedis.ts'
import { migrationNames, pendingMigrations, type RunSql, readMigration } from '../../database/migrations.ts'
import type { Config } from '../../platform/config.ts'
import { demoEmail } from '../../platform/demoUser.ts'
import { createLogger } from '../../platform/logger.ts'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import { createSecretBox } from '../../platform/secrets/secretBox.ts'
import {
  checkClock,
  checkDatabase,
  checkIndexes,
  checkLinks,
  checkMigrations,
  type DatabaseState,
  type IndexRow,
  type LinkFacts,
} from './databaseChecks.ts'
import type { Finding } from './finding.ts'
import { checkDemo, checkDisk, checkPort, checkRedis, type PortState } from './hostChecks.ts'

/** How long each look may take, in milliseconds. */
const limitMs = 5_000
const maxLinks = 1_000

/** What is seen of the database. Null where it could not be read. */
interface DatabaseFacts {
  state: DatabaseState
  pending: string[] | { error: string } | null
  indexes: IndexRow[] | null
  aheadMs: number | null
  hasDemo: boolean | null
  links: LinkFacts[] | null
}

/** Looks at everything that the service needs, apart from the settings themselves. */
export async function lookAround(config: Config, now: () => Date): Promise<Finding[]> {
  const [database, redis, disk, ports] = await Promise.all([
    lookAtDatabase(config, now),
    lookAtRedis(config),
    lookAtDisk(config),
    lookAtPorts(config),
  ])
  const expected = expectedIndexes(await Promise.all((await migrationNames()).map(readMigration)))
  return [
    checkDatabase(database.state),
    checkMigrations(database.pending),
    checkIndexes(expected, database.indexes),
    checkClock(database.aheadMs),
    redis,
    ...checkLinks(database.links, now(), config.linkPollSeconds),
    disk,
    ...ports,
    checkDemo(database.hasDemo, !isLoopback(config.host)),
  ]
}

async function lookAtDatabase(config: Config, now: () => Date): Promise<DatabaseFacts> {
  const nothing = { pending: null, indexes: null, aheadMs: null, hasDemo: null, links: null }
  const embedded = config.databaseUrl === null
  try {
    const inspection = await inspectDatabase(config, limitMs)
    if (inspection === null) return { state: { state: 'absent' }, ...nothing }
    try {
      return await readDatabase(inspection.run, config, now)
    } finally {
      await inspection.close()
    }
  } catch (error) {
    return { state: { state: 'unreachable', embedded, error: errorMessage(error) }, ...nothing }
  }
}

async function readDatabase(run: RunSql, config: Config, now: () => Date): Promise<DatabaseFacts> {
  const askedAt = now().getTime()
  const [row = {}] = await run(
    "SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby, extract(epoch FROM clock_timestamp()) * 1000 AS time",
  )
  // The answer took some time too. The clock was read about in the middle of it.
  const aheadMs = Number(row.time) - (askedAt + now().getTime()) / 2
  const embedded = config.databaseUrl === null
  const state = { state: 'open' as const, embedded, version: String(row.version), takesWrites: row.standby !== true }
  const pending = await pendingMigrations(run).catch((error: unknown) => {
    if (error instanceof OperatorError) return { error: error.message }
    throw error
  })
  // Without its migrations, the database has other tables.
  if (!Array.isArray(pending) || pending.length > 0) return { state, pending, indexes: null, aheadMs, hasDemo: null, links: null }
  const indexes = await run(`
    SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace`)
  const demo = await run(`SELECT 1 FROM users WHERE email = '${demoEmail}'`)
  const links = await run(`
    SELECT project_id AS "projectId", state::text, last_sync_at AS "lastSyncAt", last_error AS "lastError", encrypted_key AS "encryptedKey"
    FROM project_links ORDER BY project_id LIMIT ${maxLinks}`)
  return {
    ...{ state, pending, aheadMs, hasDemo: demo.length > 0 },
    indexes: indexes.map(({ name, valid }) => ({ name: String(name), valid: valid === true })),
    links: (links as unknown as ProjectLink[]).map((link) => ({ ...link, opensKey: opensKey(config, link) })),
  }
}

function opensKey(
  { linkEncryptionKey, previousLinkEncryptionKeys }: Config,
  { projectId, encryptedKey }: Pick<ProjectLink, 'projectId' | 'encryptedKey'>,
): boolean {
  try {
    createSecretBox(linkEncryptionKey, previousLinkEncryptionKeys ?? []).open(projectId, encryptedKey)
    return true
  } catch {
    return false
  }
}

async function lookAtRedis({ redisUrl }: Config): Promise<Finding> {
  if (redisUrl === null) return checkRedis(null)
  return pingRedis(redisUrl, limitMs, createLogger({ logLevel: 'silent' })).then(
    () => checkRedis('answers'),
    (error: unknown) => checkRedis({ error: errorMessage(error) }),
  )
}

async function lookAtDisk({ databaseUrl, dataDir }: Config): Promise<Finding> {
  if (databaseUrl !== null) return checkDisk(null, dataDir)
  const folder = resolve(dataDir)
  // The start creates the folder, so its parent is looked at.
  const { bavail, bsize } = await statfs(folder).catch(() => statfs(dirname(folder)))
  return checkDisk(bavail * bsize, folder)
}

async function lookAtPorts({ host, port, metricsHost, metricsPort }: Config): Promise<Finding[]> {
  const main = checkPort('PORT', placeOf(host, port), await lookAtPort(host, port, '/health'))
  if (metricsPort === null) return [main]
  return [main, checkPort('METRICS_PORT', placeOf(metricsHost, metricsPort), await lookAtPort(metricsHost, metricsPort, '/metrics'))]
}

/** @param path where the service would answer */
async function lookAtPort(host: string, port: number, path: string): Promise<PortState> {
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
  if (error === null) return 'free'
  if (error.code !== 'EADDRINUSE') return { error: error.message }
  const answer = await fetch(`http://${placeOf(host, port)}${path}`, { signal: AbortSignal.timeout(limitMs) }).catch(() => null)
  const text = (await answer?.text().catch(() => null)) ?? ''
  return isOurs(path, answer, text) ? 'served' : { error: error.message }
}

function isOurs(path: string, answer: Response | null, text: string): boolean {
  if (answer === null || !answer.ok) return false
  return path === '/health' ? answer.headers.has('x-request-id') : text.includes('experiments_graph_')
}

/** Where this machine reaches a server that listens there. */
function placeOf(host: string, port: number): string {
  const reached = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host
  return `${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
