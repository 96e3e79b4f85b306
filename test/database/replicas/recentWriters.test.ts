import { beforeAll, expect, it, vi } from 'vitest'
import type { Database } from '../../../src/database/database.ts'
import { createRecentWriters } from '../../../src/database/replicas/recentWriters.ts'
import { patience } from '../../support/patience.ts'
import { recordingLog } from '../../support/recordingLog.ts'
import { openTestDatabase, type TestDatabase } from '../../support/testDatabase.ts'

const memoryMs = 15_000
const time = { now: 1_000_000 }
let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})

/** The writers that a server knows. It listens, and nothing is unknown any more. */
async function server(own: Pick<Database, 'db' | 'pubSub'> = database.openSecondConnection(), maxWriters?: number) {
  const { log, lines } = recordingLog()
  const writers = createRecentWriters({
    database: own,
    memoryMs,
    now: () => time.now,
    log,
    ...(maxWriters === undefined ? {} : { maxWriters }),
  })
  expect(writers.mayHaveWritten('nobody')).toBe(true)
  await vi.waitFor(() => {
    time.now += memoryMs
    expect(writers.mayHaveWritten('nobody')).toBe(false)
  }, patience)
  lines.length = 0
  return { ...writers, lines }
}

it('remembers a key that writes for a while, at once here and soon on other servers', async () => {
  const [here, there] = [await server(), await server()]
  await here.announce('writer')
  expect(here.mayHaveWritten('writer')).toBe(true)
  await vi.waitFor(() => expect(there.mayHaveWritten('writer')).toBe(true), patience)
  for (const one of [here, there]) expect(one.mayHaveWritten('reader')).toBe(false)
  time.now += memoryMs - 1
  for (const one of [here, there]) expect(one.mayHaveWritten('writer')).toBe(true)
  time.now += 1
  for (const one of [here, there]) expect(one.mayHaveWritten('writer')).toBe(false)
  await Promise.all([here.close(), there.close()])
})

it('begins anew with each write', async () => {
  const here = await server()
  await here.announce('writer')
  time.now += memoryMs - 1
  await here.announce('writer')
  time.now += memoryMs - 1
  expect(here.mayHaveWritten('writer')).toBe(true)
  await here.close()
})

it('counts every key while others may have written unheard: before it listens, and for a while after that', async () => {
  const { log } = recordingLog()
  const { db, pubSub } = database.openSecondConnection()
  const opened = Promise.withResolvers<void>()
  const slow = {
    ...pubSub,
    subscribe: async (...args: Parameters<typeof pubSub.subscribe>) => opened.promise.then(() => pubSub.subscribe(...args)),
  }
  const writers = createRecentWriters({ database: { db, pubSub: slow }, memoryMs, now: () => time.now, log })
  expect(writers.mayHaveWritten('anyone')).toBe(true)
  time.now += 10 * memoryMs
  expect(writers.mayHaveWritten('anyone')).toBe(true)
  opened.resolve()
  // Time stands still, so this cannot pass by waiting.
  await vi.waitFor(() => {
    time.now += memoryMs
    expect(writers.mayHaveWritten('anyone')).toBe(false)
  }, patience)
  await writers.close()
  expect(writers.mayHaveWritten('anyone')).toBe(true)
})

it('counts every key after the connection was lost, and says so once', async () => {
  const { db, pubSub } = database.openSecondConnection()
  let lose = (_error: Error) => {}
  let broken = false
  const breakable: typeof pubSub = {
    ...pubSub,
    subscribe: (onMessage, onDisconnect) => {
      lose = onDisconnect
      return broken ? Promise.reject(new Error('still down')) : pubSub.subscribe(onMessage, onDisconnect)
    },
  }
  const here = await server({ db, pubSub: breakable })
  broken = true
  lose(new Error('down'))
  expect(here.mayHaveWritten('anyone')).toBe(true)
  expect(here.lines).toMatchObject([{ level: 40, err: { message: 'down' } }])
  broken = false
  await vi.waitFor(() => {
    time.now += memoryMs
    expect(here.mayHaveWritten('anyone')).toBe(false)
  }, patience)
  expect(here.lines).toHaveLength(1)
  await here.close()
})

it('says once that messages do not arrive, as through a pooler that lets nobody listen', async () => {
  const { db, pubSub } = database.openSecondConnection()
  const { log, lines } = recordingLog()
  const deaf = { ...pubSub, subscribe: async () => async () => {} }
  const writers = createRecentWriters({ database: { db, pubSub: deaf }, memoryMs, now: () => time.now, log })
  for (let turn = 0; turn < 3; turn++) expect(writers.mayHaveWritten('anyone')).toBe(true)
  expect(lines).toEqual([])
  time.now += 10_000
  for (let turn = 0; turn < 3; turn++) expect(writers.mayHaveWritten('anyone')).toBe(true)
  expect(lines).toMatchObject([{ level: 40, msg: expect.stringMatching(/^Read replicas not used: the messages/) }])
  await writers.close()
})

it('counts every key for a while if more write than it can remember', async () => {
  const { db, pubSub } = database.openSecondConnection()
  let isMuted = false
  const mutable: typeof pubSub = { ...pubSub, publish: async (...message) => (isMuted ? undefined : pubSub.publish(...message)) }
  const here = await server({ db, pubSub: mutable }, 2)
  // A server hears itself too, maybe once the time below has moved.
  isMuted = true
  for (const key of ['first', 'second']) await here.announce(key)
  expect(here.mayHaveWritten('reader')).toBe(false)
  await here.announce('third')
  for (const key of ['first', 'second', 'third', 'reader']) expect(here.mayHaveWritten(key)).toBe(true)
  time.now += memoryMs
  expect(here.mayHaveWritten('reader')).toBe(false)
  // Those whose time is over make room.
  for (const key of ['fourth', 'fifth']) await here.announce(key)
  expect(here.mayHaveWritten('reader')).toBe(false)
  await here.close()
})
