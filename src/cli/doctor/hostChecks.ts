import { typedCommand } from '../../platform/program/typedCommand.ts'
import { closestName } from '../../platform/text/closestName.ts'
import { type Finding, ok, problem, sentence, skipped, warning } from './finding.ts'

// What the checks conclude about the settings and the machine. They look at nothing themselves.

const megabyte = 1_000_000

/** @param error what `readConfig` threw; null if the settings are right */
export function checkSettings(error: string | null, environment: readonly string[], known: readonly string[]): Finding {
  if (error !== null) return problem('settings', error, 'Change these environment variables. docs/configuration.md explains each.')
  const meant = environment.flatMap((name) => {
    const close = known.includes(name) ? null : closestName(name, known)
    // A setting that is set under its right name too is no misspelling.
    return close === null || environment.includes(close) ? [] : [`${name} (did you mean ${close}?)`]
  })
  if (meant.length === 0) return ok('settings', 'All are valid.')
  return warning('settings', `Variables that are no settings, but look like one: ${meant.join(', ')}.`, 'Correct the names.')
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 10)) return ok('node', `Node ${version}.`)
  return problem('node', `Node ${version}.`, 'Use Node 24.10 or later.')
}

/** @param result of a ping; null if REDIS_URL is not set */
export function checkRedis(result: 'answers' | { error: string } | null): Finding {
  if (result === null) return ok('redis', 'REDIS_URL is not set: servers exchange events through PostgreSQL.')
  if (result === 'answers') return ok('redis', 'Redis answers.')
  return problem('redis', sentence(result.error), 'Start it, or correct REDIS_URL.')
}

/** @param freeBytes in the folder of the embedded database; null with PostgreSQL, whose disk cannot be seen */
export function checkDisk(freeBytes: number | null, folder: string): Finding {
  if (freeBytes === null) return ok('disk', 'The data is in PostgreSQL. Watch the disk of its server.')
  const seen = `${Math.floor(freeBytes / megabyte)} MB free for ${folder}.`
  if (freeBytes < 100 * megabyte) return problem('disk', seen, 'Free some space, or name a folder on another disk with DATA_DIR.')
  if (freeBytes < 1_000 * megabyte) return warning('disk', seen, 'Free some space before the database grows.')
  return ok('disk', seen)
}

/** What listens on a port that the service wants. */
export type PortState = 'free' | 'served' | { error: string }

export function checkPort(setting: string, place: string, state: PortState): Finding {
  if (state === 'free') return ok('port', `${place} is free.`)
  if (state === 'served') return ok('port', `The service answers at ${place}.`)
  return problem('port', `${place} cannot be used: ${state.error}.`, `Stop the program that uses it, or change ${setting}.`)
}

/** @param hasDemo whether the database has the demo data; null if that is not known */
export function checkDemo(hasDemo: boolean | null, isPublic: boolean): Finding {
  if (hasDemo === null) return skipped('demo data')
  if (!hasDemo) return ok('demo data', 'There is none.')
  if (!isPublic) return ok('demo data', 'It is there, and only this machine can reach the service.')
  return warning(
    'demo data',
    'It is there, and other machines can reach the service (HOST).',
    `Whoever has a demo key can use the demo project. \`${typedCommand('keys list')}\` shows the keys, and \`${typedCommand('keys revoke')}\` ends one.`,
  )
}
