import type { ProjectLink } from '../../database/generated/client.ts'
import { typedCommand } from '../../platform/program/typedCommand.ts'
import { type Finding, ok, problem, sentence, skipped, warning } from './finding.ts'

// What the checks conclude about the database and what it holds. They look at nothing themselves.

const oldestPostgres = 15
const maxClockSeconds = 2
const maxListed = 10

/** What could be seen of the database. */
export type DatabaseState =
  | { state: 'absent' }
  | { state: 'unreachable'; embedded: boolean; error: string }
  | { state: 'open'; embedded: boolean; version: string; takesWrites: boolean }

export function checkDatabase(seen: DatabaseState): Finding {
  if (seen.state === 'absent')
    return warning('database', 'The embedded database does not exist yet.', `\`${typedCommand('start')}\` creates it.`)
  if (seen.state === 'unreachable') {
    if (!seen.embedded) return problem('database', `It cannot be reached: ${sentence(seen.error)}`, 'Start it, or correct DATABASE_URL.')
    return warning('database', sentence(seen.error), 'If that is the running service, stop it to check the database.')
  }
  const { embedded, version, takesWrites } = seen
  const name = `${embedded ? 'The embedded PostgreSQL' : 'PostgreSQL'} ${version}.`
  if (Number.parseInt(version, 10) < oldestPostgres) return problem('database', name, `Use PostgreSQL ${oldestPostgres} or later.`)
  if (!takesWrites) return problem('database', `${name} It takes no writes.`, 'DATABASE_URL must name the primary server.')
  return ok('database', name)
}

/** @param pending the missing migrations, or why they cannot be told */
export function checkMigrations(pending: readonly string[] | { error: string } | null): Finding {
  if (pending === null) return skipped('migrations')
  if ('error' in pending) return problem('migrations', pending.error, 'The service does not start until that is mended.')
  if (pending.length === 0) return ok('migrations', 'All are applied.')
  return warning(
    'migrations',
    `Not applied yet: ${listed(pending)}.`,
    `The start applies them, and so does \`${typedCommand('migrate')}\`.`,
  )
}

export interface IndexRow {
  name: string
  valid: boolean
}

/** @param present the indexes of the database; null if the database could not be read, or lacks migrations */
export function checkIndexes(expected: readonly string[], present: readonly IndexRow[] | null): Finding {
  if (present === null) return skipped('indexes')
  const valid = new Map(present.map((index) => [index.name, index.valid]))
  const missing = expected.filter((name) => !valid.has(name))
  const invalid = expected.filter((name) => valid.get(name) === false)
  if (missing.length > 0)
    return problem('indexes', `Missing: ${listed(missing)}.`, 'Create them with the statements of prisma/migrations/.')
  if (invalid.length > 0)
    return problem('indexes', `Not valid: ${listed(invalid)}.`, `Build them again: REINDEX INDEX CONCURRENTLY "${invalid[0]}";`)
  return ok('indexes', `All ${expected.length} are there and valid.`)
}

/** @param aheadMs how far the clock of the database is ahead of that of this process */
export function checkClock(aheadMs: number | null): Finding {
  if (aheadMs === null) return skipped('clock')
  const seconds = Math.abs(aheadMs) / 1_000
  if (seconds <= maxClockSeconds) return ok('clock', 'The database and this process have the same time.')
  const direction = aheadMs > 0 ? 'ahead of' : 'behind'
  return warning('clock', `The clock of the database is ${seconds.toFixed(1)} s ${direction} that of this process.`, 'Set both by NTP.')
}

export type LinkFacts = Pick<ProjectLink, 'projectId' | 'state' | 'lastSyncAt' | 'lastError'> & { opensKey: boolean }

/** @param pollSeconds how often a link is looked at. Far behind that, no server follows it. */
export function checkLinks(links: readonly LinkFacts[] | null, now: Date, pollSeconds: number): Finding[] {
  if (links === null) return [skipped('link')]
  if (links.length === 0) return [ok('link', 'No project is linked.')]
  return links.map((link) => checkLink(link, now, Math.max(300, pollSeconds * 10)))
}

function checkLink({ projectId, state, lastSyncAt, lastError, opensKey }: LinkFacts, now: Date, maxLagSeconds: number): Finding {
  const check = `link of ${projectId}`
  const error = lastError === null ? '' : ` ${sentence(lastError)}`
  const resync = `\`${typedCommand(`link resync --project ${projectId}`)}\` starts it again.`
  if (!opensKey)
    return problem(
      check,
      'Its key cannot be decrypted.',
      'Set LINK_ENCRYPTION_KEY, or add the former one to PREVIOUS_LINK_ENCRYPTION_KEYS.',
    )
  if (state === 'stopped') return problem(check, `It is stopped.${error}`, `Mend that. ${resync}`)
  if (state === 'failing') return warning(check, `Its last round failed.${error}`, 'It is tried again. Look at the log of the service.')
  if (state === 'copying' || lastSyncAt === null)
    return warning(check, `Its first copy is not done.${error}`, 'A running service goes on with it.')
  const lag = Math.round((now.getTime() - lastSyncAt.getTime()) / 1_000)
  if (lag > maxLagSeconds)
    return warning(check, `It was in step with PostHog ${lag} s ago.`, 'Is a service running that follows it (LINK_POLL_SECONDS)?')
  return error === '' ? ok(check, `It was in step with PostHog ${lag} s ago.`) : warning(check, error.trim(), 'Mend that.')
}

function listed(names: readonly string[]): string {
  const more = names.length - maxListed
  return `${names.slice(0, maxListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
