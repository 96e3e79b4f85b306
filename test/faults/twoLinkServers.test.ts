import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { systemTiming } from '../../src/posthog/client/retries.ts'
import { createLinkClients } from '../../src/posthog/link/connect/linkClients.ts'
import { createLinks } from '../../src/posthog/link/createLinks.ts'
import { startPostHog } from '../support/posthog/startPostHog.ts'
import { programs } from '../support/program.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedOrganization, seedProject } from '../support/seed.ts'
import { copyPostgres } from '../support/testDatabase.ts'

// Two servers on one PostgreSQL follow projects with one key. PostHog refuses what is above its limits.

vi.setConfig({ testTimeout: 180_000 })

const limit = { perMinute: 600, perHour: 1_000_000 }

describe.skipIf(inject('serverUrl') === '')('two servers with links of one key', async () => {
  const databaseUrl = inject('serverUrl') === '' ? '' : await copyPostgres()
  const settings = {
    ...{ DATABASE_URL: databaseUrl, DEMO_DATA: 'false', LOG_LEVEL: 'error', LINK_POLL_SECONDS: '1', LINK_TIMEOUT_SECONDS: '5' },
    ...{ LINK_ENCRYPTION_KEY: '0f'.repeat(32), LINK_ALLOW_PRIVATE_HOSTS: 'true' },
    ...{ LINK_REQUESTS_PER_MINUTE: String(limit.perMinute), LINK_REQUESTS_PER_HOUR: String(limit.perHour) },
  }
  const { serve } = programs(settings)

  it('share its limit, work on a project one at a time, and take over from one that is killed', async () => {
    const posthog = await startPostHog({
      limits: { default: [{ requests: limit.perMinute, seconds: 60 }] },
      settings: { hosted: false },
    })
    afterAll(() => posthog.close())
    const config = readConfig(settings)
    const { log } = recordingLog()
    const database = await openDatabase(config, log)
    afterAll(() => database.close())
    const { db } = database
    const clients = createLinkClients(db, config, { ...systemTiming, clock: () => new Date() })
    afterAll(() => clients.close())
    const links = createLinks({ database, clients, publicUrl: null, log })
    const organization = await seedOrganization(db)
    for (let count = 0; count < 6; count++) {
      const { id: projectId } = await seedProject(db, organization)
      const upstreamProjectId = (count === 0 ? posthog.project : posthog.addProject()).id
      await links.link({ projectId, host: posthog.origin, upstreamProjectId, key: posthog.key.token, mode: 'mirror' })
    }
    const [first] = await Promise.all([serve(), serve()])
    await vi.waitFor(async () => expect(await db.projectLink.count({ where: { copiedAt: null } })).toBe(0), {
      timeout: 120_000,
      interval: 200,
    })

    // Two at once would read the lists of a project twice in a moment. Each list is held, so that they would meet.
    const under = new Map<string, number>()
    let together = 0
    posthog.faults.on({
      ...{ kind: 'meanwhile', method: 'GET', on: /\/feature_flags\/\?.*archived=false/ },
      after: () => {
        const holders = posthog.requests.all.filter(({ status, path }) => status === 0 && path.endsWith('/feature_flags/'))
        for (const { path } of holders) under.set(path, holders.filter((request) => request.path === path).length)
        together = Math.max(together, ...under.values())
      },
    })
    const asked = posthog.requests.all.length
    const flag = posthog.person.createFlag({ key: 'seen-by-one-of-two' })
    await vi.waitFor(async () => expect(await db.featureFlag.count({ where: { importedId: flag.id } })).toBe(1), {
      timeout: 30_000,
      interval: 100,
    })
    expect(posthog.requests.all.length).toBeGreaterThan(asked)
    expect(together).toBe(1)

    // It has links, or gets them with its next look.
    first.child.kill('SIGKILL')
    const after = posthog.person.createFlag({ key: 'made-after-the-kill' })
    // A lease lasts 25 seconds.
    await vi.waitFor(async () => expect(await db.featureFlag.count({ where: { importedId: after.id } })).toBe(1), {
      timeout: 30_000,
      interval: 100,
    })
    const stuck = { leaseExpiresAt: { lt: new Date(Date.now() - 5_000) } }
    await vi.waitFor(async () => expect(await db.projectLink.count({ where: stuck })).toBe(0), { timeout: 35_000, interval: 200 })
    expect(posthog.requests.count({ status: 429 })).toBe(0)
    expect(await db.projectLink.count({ where: { state: 'following' } })).toBe(6)
  })
})
