import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { createRedisPubSub } from '../../src/database/pubsub/redisPubSub.ts'
import { sendLeftovers } from '../../src/database/sendLeftovers.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createServer } from '../../src/server/createServer.ts'
import { listen } from '../support/listen.ts'
import { patience } from '../support/patience.ts'
import { programs } from '../support/program.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedExperiment, seedFlag } from '../support/seed.ts'
import { subscribe } from '../support/subscribe.ts'
import { seedTenant } from '../support/testServer.ts'
import { type FaultServer, faultServer } from './support/faultServer.ts'
import { noRedisServer, redisServer } from './support/redisServer.ts'
import { tcpProxy } from './support/tcpProxy.ts'

const noLimits = { RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_PER_HOUR: '0', COST_LIMIT_PER_MINUTE: '0', MUTATION_LIMIT_PER_MINUTE: '0' }
const { serve } = programs({ DEMO_DATA: 'false', LOG_LEVEL: 'fatal', ...noLimits })
const redisUrl = process.env.TEST_REDIS_URL
if (noRedisServer !== null) console.log(`The restart of Redis is skipped: ${noRedisServer}.`)

vi.setConfig({ testTimeout: 120_000 })

describe.skipIf(inject('serverUrl') === '' || !redisUrl)('Redis', () => {
  it.each(['refuse', 'silent'] as const)('goes (%s) and comes back: writes and reads go on, and the log says it once', async (mode) => {
    const { db } = await faultServer()
    const network = await tcpProxy(redisUrl ?? '')
    const { log, lines } = recordingLog()
    const pubSub = await createRedisPubSub(network.url, `test-${randomUUID()}`, log)
    onTestFinished(() => pubSub.close())
    const config = { ...readConfig({}), rateLimitPerMinute: 0, accessCacheSeconds: 0 }
    const server = createServer({ database: { db, pubSub, transactionSlots: null }, config, clock: () => new Date(), log, demoKey: null })
    const url = await listen(server)
    const { key, project } = await seedTenant(db)
    const flag = await seedFlag(db, project)
    await seedExperiment(db, flag)
    const subscription = `subscription { experimentUpdated(projectId: ${project.id}) { name } }`
    const figures = { answered: 0, failed: 0 }
    const write = async (name: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query: `mutation { updateFeatureFlag(input: { id: ${flag.id}, name: "${name}" }) { __typename } }` }),
      })
      const { errors } = (await response.json()) as { errors?: unknown }
      figures[errors === undefined ? 'answered' : 'failed']++
    }

    const open = await subscribe(url, key, subscription)
    await write('before')
    expect(await open.next()).toMatchObject({ data: {} })
    network.mode = mode
    if (mode === 'refuse') {
      network.cut()
      expect(await open.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
      const refused = await subscribe(url, key, subscription)
      expect(await refused.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
    }
    for (let n = 0; n < 5; n++) await write(`without ${n}`)
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: 'without 4' })
    const notes = () => lines.filter(({ msg }) => String(msg).startsWith('Pub/sub: '))
    await vi.waitFor(() => expect(notes()).toHaveLength(1), 10_000)

    network.mode = 'pass'
    network.cut()
    await vi.waitFor(
      async () => {
        await write(`after ${figures.answered}`)
        expect(notes()).toMatchObject([{ level: 50 }, { msg: 'Pub/sub: Redis is back.' }])
      },
      { timeout: 20_000, interval: 100 },
    )
    // Nobody has told the client of the silent network. The server finds out, and ends the subscription.
    if (mode === 'silent') expect(await open.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
    console.log(`Redis gone (${mode}):`, JSON.stringify(figures))
    expect(figures.failed).toBe(0)
    const again = await subscribe(url, key, subscription)
    await Promise.all([again.end(), open.end()])
    await server.stopListening()
  })
})

/** A server on a database, with its own connections to Redis. */
async function serverOn(db: FaultServer['db'], redis: string, channel: string) {
  const { log, lines } = recordingLog()
  const pubSub = await createRedisPubSub(redis, channel, log)
  const config = { ...readConfig({}), rateLimitPerMinute: 0, mutationLimitPerMinute: 0, accessCacheSeconds: 0 }
  const database = { db, pubSub, transactionSlots: null }
  const server = createServer({ database, config, clock: () => new Date(), log, demoKey: null })
  onTestFinished(async () => {
    await server.stopListening()
    await pubSub.close()
  })
  return { url: await listen(server), lines, database }
}

async function ask(url: string, key: string, query: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
  return (await response.json()) as any
}

async function seeded() {
  const { db, databaseUrl } = await faultServer()
  const { key, project } = await seedTenant(db)
  const flag = await seedFlag(db, project)
  const { id } = await seedExperiment(db, flag)
  return {
    db,
    databaseUrl,
    key,
    subscription: `subscription { experimentUpdated(projectId: ${project.id}) { name } }`,
    list: `{ experiments(projectId: ${project.id}) { nodes { name } } }`,
    rename: (name: string) => `mutation { updateExperiment(input: { id: ${id}, name: "${name}" }) { __typename } }`,
  }
}

describe.skipIf(inject('serverUrl') === '' || noRedisServer !== null)(
  'a client that reads again after each end of its subscription',
  () => {
    it('misses nothing when Redis is killed and started again', async () => {
      const { db, key, subscription, list, rename } = await seeded()
      const redis = await redisServer()
      const { url } = await serverOn(db, redis.url, 'restart')
      const figures = { written: 0, refused: 0, ended: 0, events: 0 }
      let shown = ''
      let done = false
      const follow = async () => {
        while (!done) {
          const stream = await subscribe(url, key, subscription)
          const { data } = await ask(url, key, list)
          shown = data.experiments.nodes[0].name
          for (let event = await stream.next(); event !== null; event = await stream.next()) {
            if (event.errors !== undefined) {
              expect(event.errors[0]?.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 1 })
              figures.ended++
              break
            }
            figures.events++
            shown = event.data.experimentUpdated.name
          }
          await stream.end()
        }
      }
      const write = async (name: string) => {
        const { errors } = await ask(url, key, rename(name))
        if (errors === undefined) figures.written++
        else figures.refused++
      }
      const following = follow()
      for (let round = 0; round < 3; round++) {
        for (let n = 0; n < 20; n++) await write(`up ${round} ${n}`)
        await vi.waitFor(() => expect(shown).toBe(`up ${round} 19`), 10_000)
        await redis.kill()
        // The last of these has no event that arrives.
        for (let n = 0; n < 20; n++) await write(`down ${round} ${n}`)
        await redis.start()
        await vi.waitFor(() => expect(shown).toBe(`down ${round} 19`), 20_000)
      }
      done = true
      // Ends the stream that waits.
      await redis.kill()
      await following
      console.log('Redis killed three times:', JSON.stringify(figures))
      expect(figures).toMatchObject({ written: 120, refused: 0 })
    })

    it('gets the change of a server that was killed between its commit and its message', async () => {
      const { db, databaseUrl, key, subscription, rename } = await seeded()
      const redis = await redisServer()
      const network = await tcpProxy(redis.url)
      const reader = await serverOn(db, redis.url, 'killed')
      const { child, url } = await serve({ DATABASE_URL: databaseUrl, REDIS_URL: network.url, REDIS_CHANNEL: 'killed' })
      const stream = await subscribe(reader.url, key, subscription)
      await ask(url, key, rename('arrives'))
      expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { name: 'arrives' } } })
      const dead = once(child, 'exit')
      network.mode = 'silent'
      const dropped = network.nextDropped()
      const asked = ask(url, key, rename('committed')).catch(() => null)
      await dropped
      child.kill('SIGKILL')
      await Promise.all([dead, asked])
      const inAMinute = new Date(Date.now() + 60_000)
      expect(await sendLeftovers(reader.database, inAMinute)).toEqual({ sent: 1 })
      expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { name: 'committed' } } })
      expect(await sendLeftovers(reader.database, inAMinute)).toEqual({ sent: 0 })
      await stream.end()
    })

    it('is told to read again when another server could not send its changes', async () => {
      const { db, key, subscription, rename } = await seeded()
      const redis = await redisServer()
      const network = await tcpProxy(redis.url)
      const reader = await serverOn(db, redis.url, 'announced')
      const writer = await serverOn(db, network.url, 'announced')
      const stream = await subscribe(reader.url, key, subscription)
      await ask(writer.url, key, rename('arrives'))
      expect(await stream.next()).toMatchObject({ data: { experimentUpdated: { name: 'arrives' } } })
      network.mode = 'refuse'
      network.cut()
      await ask(writer.url, key, rename('does not arrive'))
      network.mode = 'pass'
      expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 } }] })
      const again = await subscribe(reader.url, key, subscription)
      await vi.waitFor(() => expect(writer.lines).toMatchObject([{ level: 50 }, { msg: 'Pub/sub: Redis is back.' }]), patience)
      await ask(writer.url, key, rename('arrives again'))
      expect(await again.next()).toMatchObject({ data: { experimentUpdated: { name: 'arrives again' } } })
      await Promise.all([stream.end(), again.end()])
    })
  },
)
