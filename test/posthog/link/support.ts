import { afterAll } from 'vitest'
import type { Db } from '../../../src/database/client.ts'
import type { Observer } from '../../../src/platform/activity.ts'
import { readConfig } from '../../../src/platform/config.ts'
import { canonicalJson } from '../../../src/platform/json.ts'
import type { Timing } from '../../../src/posthog/client/retries.ts'
import { createLinkClients, type LinkSettings } from '../../../src/posthog/link/connect/linkClients.ts'
import { createLinks } from '../../../src/posthog/link/createLinks.ts'
import { createFollower } from '../../../src/posthog/link/follower.ts'
import { prepareRow } from '../../../src/posthog/link/store/prepareRow.ts'
import { createClock } from '../../support/posthog/client.ts'
import { type PostHogOptions, startPostHog } from '../../support/posthog/startPostHog.ts'
import { recordingLog } from '../../support/recordingLog.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

export const encryptionKey = '0f'.repeat(32)

/** A stand-in PostHog on a port, a database, and what links them. No time passes but what a test lets pass. */
export async function linkStage(options: PostHogOptions = {}, settings: Partial<LinkSettings> = {}, observer?: Observer) {
  const clock = createClock()
  const posthog = await startPostHog({ clock: clock.now, ...options })
  afterAll(() => posthog.close())
  const database = await openTestDatabase()
  const { db } = database
  const { log, lines } = recordingLog()
  const config = { ...readConfig({}), linkEncryptionKey: encryptionKey, linkAllowPrivateHosts: true, ...settings }
  // Waits are over at once, and the clock has moved by them.
  const waits: number[] = []
  const timing: Timing = {
    clock: clock.now,
    random: () => 0.5,
    wait: async (ms, signal) => {
      signal?.throwIfAborted()
      waits.push(ms)
      clock.pass(ms / 1_000)
    },
  }
  const clients = createLinkClients(db, config, timing, observer)
  afterAll(() => clients.close())
  const links = createLinks({ database, clients, publicUrl: config.publicUrl, log })
  const newFollower = () => createFollower({ database, clients, settings: config, log, observer })
  const follower = newFollower()

  /** Lets time pass until the next round, and runs what is due. Returns what was asked of PostHog. */
  const round = async (seconds = 11) => {
    clock.pass(seconds)
    posthog.requests.clear()
    await follower.runDue()
    return posthog.requests.all.map(({ method, path, search }) => `${method} ${path}${search}`)
  }
  /** A new project that is linked, before its first copy. */
  const linked = async (key = posthog.key.token, upstreamProjectId = posthog.project.id) => {
    const project = await seedProject(db, await seedOrganization(db))
    await links.link({ projectId: project.id, host: posthog.origin, upstreamProjectId, key, mode: 'mirror' })
    return project
  }
  /** The same after the first copy. */
  const copied = async () => {
    const project = await linked()
    await round(1)
    return project
  }
  const linkOf = (projectId: number) => db.projectLink.findUniqueOrThrow({ where: { projectId } })
  return { posthog, database, db, clock, clients, links, log, lines, waits, config, follower, newFollower, round, linked, copied, linkOf }
}

/** The live flags of both sides, as far as both have a value, in one form. */
export async function bothFlags(db: Db, projectId: number, posthog: Awaited<ReturnType<typeof startPostHog>>) {
  const stored = await db.featureFlag.findMany({
    where: { projectId, deleted: false, importedId: { not: null }, usedBySurvey: false, usedByProductTour: false },
    orderBy: { importedId: 'asc' },
  })
  const ours = stored.map(({ importedId, key, name, active, archived, version, tags, filters }) =>
    canonicalJson({ id: importedId, key, name, active, archived, version, tags, filters }),
  )
  const theirs = posthog.state.flags
    .where((flag) => flag.team_id === posthog.project.id && !flag.deleted && flag.internal === null)
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, key, name, active, archived, version, tags, filters }) => {
      const prepared = prepareRow('feature_flags', { filters })
      return canonicalJson({ id, key, name, active, archived, version: version ?? 0, tags, filters: prepared.filters })
    })
  return { ours, theirs }
}
