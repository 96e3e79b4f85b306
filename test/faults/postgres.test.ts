import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createServer } from '../../src/server/createServer.ts'
import { listen } from '../support/listen.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { subscribe } from '../support/subscribe.ts'
import { noRateLimits, seedTenant } from '../support/testServer.ts'
import { gatedWrites, noFigures } from './support/gatedWrites.ts'
import { noPostgresCluster, postgresCluster } from './support/postgresCluster.ts'

// PostgreSQL itself is stopped and started while the service writes. FAULT_WRITES sets the number of writes.

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 })
if (noPostgresCluster !== null) console.log(`The restart of PostgreSQL is skipped: ${noPostgresCluster}.`)

const writes = Number(process.env.FAULT_WRITES ?? 100)
/** How many writes of a writer are refused in an outage, before it waits for the database. */
const refusalsInOutage = 2

describe.skipIf(noPostgresCluster !== null).each(['immediate', 'fast'] as const)('a database that stops (%s)', (mode) => {
  it(`and starts three times: no acknowledged write of ${writes} is lost, none is half done, and the service goes on`, async () => {
    const cluster = await postgresCluster()
    const { log, lines } = recordingLog()
    const config = { ...readConfig({}), ...noRateLimits, databaseUrl: cluster.url }
    const database = await openDatabase(config, log)
    onTestFinished(() => database.close())
    const server = createServer({ database, config, clock: () => new Date(), log, demoKey: null })
    const url = await listen(server)
    const gated = await gatedWrites(database.db, writes)
    const follower = await seedTenant(database.db)
    const subscription = await subscribe(
      url,
      follower.key,
      `subscription { experimentUpdated(projectId: ${follower.project.id}) { name } }`,
    )
    const isReady = async () => (await fetch(new URL('/ready', url))).status === 200

    const figures = noFigures()
    let next = 0
    let outages = 0
    let outage: Promise<void> | null = null
    const breakDatabase = async () => {
      const refusedBefore = figures.refused
      await cluster.stop(mode)
      await vi.waitFor(() => expect(figures.refused).toBeGreaterThan(refusedBefore), { timeout: 30_000, interval: 5 })
      expect(await isReady()).toBe(false)
      const startedAt = performance.now()
      await cluster.start()
      await vi.waitFor(async () => expect(await isReady()).toBe(true), { timeout: 30_000, interval: 5 })
      figures.secondsToRecover.push(Math.round((performance.now() - startedAt) / 100) / 10)
      outage = null
    }
    const writer = async () => {
      let refusals = 0
      while (next < writes) {
        if (await gated.send(url, next++, figures)) refusals = 0
        else if (++refusals >= refusalsInOutage) await outage
        if (outages < 3 && outage === null && next >= ((outages + 1) * writes) / 4) {
          outages++
          outage = breakDatabase()
        }
      }
    }
    await Promise.all([writer(), writer(), writer(), writer()])
    await outage
    await gated.inspect(database.db, figures)
    console.log(`PostgreSQL stopped (${mode}) while writing:`, JSON.stringify(figures))
    expect(figures).toMatchObject({ unanswered: 0, lost: 0, halfDone: 0 })
    expect(figures.answered).toBeGreaterThan(writes / 2)
    expect(figures.secondsToRecover).toHaveLength(3)
    // The connection for events was lost too.
    expect(await subscription.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 } }] })
    await subscription.end()
    const unexpected = lines.filter(({ level, fault, msg }) => Number(level) >= 50 && fault === undefined && msg !== undefined)
    expect(unexpected).toEqual([])
    await server.stopListening()
  })
})
