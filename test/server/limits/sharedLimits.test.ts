import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pino } from 'pino'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { seedTenant, testServer } from '../../support/testServer.ts'

const redisUrl = process.env.TEST_REDIS_URL ?? ''

/** A proxy before Redis, which can cut its connections, or keep them without an answer. */
async function proxyTo(url: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let state: 'up' | 'down' | 'silent' = 'up'
  const server = createServer((client) => {
    if (state === 'down') return void client.destroy()
    const redis = connect(Number(port || 6379), hostname)
    for (const socket of [client, redis]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    client.on('data', (data) => void (state === 'up' && redis.write(data)))
    redis.on('data', (data) => void (state === 'up' && client.write(data)))
    client.on('close', () => redis.destroy())
    redis.on('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  afterAll(() => {
    cut()
    server.close()
  })
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next: typeof state) => {
      state = next
      if (next !== 'silent') cut()
    },
  }
}

describe.runIf(redisUrl !== '')('the limits of several servers', async () => {
  const messages: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void messages.push(JSON.parse(line).msg) })
  const tested = await testServer({}, log)
  const { time } = tested
  const { key } = await seedTenant(tested.db)
  const settings = (url: string, name: string) => ({
    redisUrl: url,
    redisChannel: `test_${process.pid}_${name}`,
    rateLimitPerMinute: 3,
    accessCacheSeconds: 0,
  })
  const { key: otherKey } = await seedTenant(tested.db)
  const said = (text: string) => messages.filter((message) => message.includes(text)).length
  const ask = async (server: typeof tested.server, token = key) => {
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    })
    return response.status
  }
  /** Starts a server, and waits until it counts in Redis: the connection may take longer than a request waits for it. */
  const start = async (url: string, name: string) => {
    const server = tested.serverOn(tested, settings(url, name))
    afterAll(() => server.dispose())
    await vi.waitFor(async () => {
      time.now = new Date(time.now.getTime() + 1_000)
      await ask(server, otherKey)
      expect(said('answers again')).toBe(said('does not answer'))
    }, 10_000)
    return server
  }

  it('are one through Redis', async () => {
    const [one, other] = [await start(redisUrl, 'shared'), await start(redisUrl, 'shared')]
    expect([await ask(one), await ask(other), await ask(one), await ask(other), await ask(one)]).toEqual([200, 200, 200, 429, 429])
    expect(await ask(await start(redisUrl, 'another'))).toBe(200)
  })

  it.each(['down', 'silent'] as const)('are local while Redis is %s, and one again afterwards', async (state) => {
    const proxy = await proxyTo(redisUrl)
    const [one, other] = [await start(proxy.url, state), await start(proxy.url, state)]
    messages.length = 0
    expect([await ask(one), await ask(other)]).toEqual([200, 200])

    proxy.set(state)
    // Each server counts from 0.
    expect([await ask(one), await ask(one), await ask(one), await ask(one)]).toEqual([200, 200, 200, 429])
    expect(await ask(other)).toBe(200)
    expect(messages).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('Redis does not answer')))

    proxy.set('up')
    await vi.waitFor(async () => {
      time.now = new Date(time.now.getTime() + 1_000)
      await ask(one)
      await ask(other)
      expect(said('answers again')).toBe(2)
    }, 10_000)
    // Two were counted before, and one or more just now.
    expect([await ask(one), await ask(other)]).toEqual([429, 429])
  })
})
