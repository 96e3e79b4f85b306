import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { createRedisPubSub } from '../../src/database/pubsub/redisPubSub.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createServer } from '../../src/server/createServer.ts'
import { listen } from '../support/listen.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedExperiment, seedFlag } from '../support/seed.ts'
import { subscribe } from '../support/subscribe.ts'
import { seedTenant } from '../support/testServer.ts'
import { faultServer } from './support/faultServer.ts'
import { tcpProxy } from './support/tcpProxy.ts'

const redisUrl = process.env.TEST_REDIS_URL

vi.setConfig({ testTimeout: 120_000 })

describe.skipIf(inject('serverUrl') === '' || !redisUrl)('Redis', () => {
  it.each(['refuse', 'silent'] as const)('goes (%s) and comes back: writes and reads go on, and the log says it once', async (mode) => {
    const { db } = await faultServer()
    const network = await tcpProxy(redisUrl ?? '')
    const { log, lines } = recordingLog()
    const pubSub = await createRedisPubSub(network.url, `test-${randomUUID()}`, log)
    afterAll(() => pubSub.close())
    const config = { ...readConfig({}), rateLimitPerMinute: 0, accessCacheSeconds: 0 }
    const server = createServer({ database: { db, pubSub }, config, clock: () => new Date(), log, demoKey: null })
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
    console.log(`Redis gone (${mode}):`, JSON.stringify(figures))
    expect(figures.failed).toBe(0)
    const again = await subscribe(url, key, subscription)
    await Promise.all([again.end(), open.end()])
    await server.stopListening()
  })
})
