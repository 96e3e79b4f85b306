import { expect, it, vi } from 'vitest'
import type { ChangeSubscriber } from '../../src/database/pubsub/changeFeed.ts'
import { createChangeStream } from '../../src/graphql/changeStream.ts'

/** A stream over a feed that the test drives; a row is its id and how often it was changed. */
async function open({ authorize = async () => {}, recheckIntervalMs = 60_000 } = {}) {
  const subscribers = new Set<ChangeSubscriber>()
  const subscribe = async (subscriber: ChangeSubscriber) => {
    subscribers.add(subscriber)
    return () => void subscribers.delete(subscriber)
  }
  const changes = new Map<number, number>()
  const stream = await createChangeStream({
    changeFeed: { subscribe, count: () => subscribers.size, size: () => subscribers.size, close: async () => {} },
    ...{ kind: 'experiment', projectId: 1, keyHash: 'key', recheckIntervalMs, authorize },
    load: async (id) => (id < 0 ? null : { id, changes: changes.get(id) }),
  })
  const change = (id: number) => {
    changes.set(id, (changes.get(id) ?? 0) + 1)
    for (const { onChange } of subscribers) onChange(id)
  }
  const close = (error: Error | null) => {
    for (const { onClose } of [...subscribers]) onClose(error)
  }
  return { stream, subscribers, change, close }
}

const done = { done: true, value: undefined }

it('reads a row when it is asked for, and skips those that are hidden', async () => {
  const { stream, change } = await open()
  for (const id of [7, 7, -1, 8, 7]) change(id)
  expect(await stream.next()).toEqual({ done: false, value: { id: 7, changes: 3 } })
  change(8)
  expect(await stream.next()).toEqual({ done: false, value: { id: 8, changes: 2 } })
  const waiting = stream.next()
  change(7)
  expect(await waiting).toEqual({ done: false, value: { id: 7, changes: 4 } })
  await stream.return?.()
})

it.each(['before its first row', 'while it waits', 'between two rows'])('leaves nothing behind when it is ended %s', async (when) => {
  const { stream, subscribers, change } = await open()
  if (when === 'between two rows') {
    change(1)
    await stream.next()
  }
  const waiting = when === 'while it waits' ? stream.next() : undefined
  expect(await stream.return?.()).toEqual(done)
  expect(subscribers.size).toBe(0)
  expect((await waiting) ?? done).toEqual(done)
  expect(await stream.next()).toEqual(done)
})

it.each([null, new Error('Updates may have been missed.')])('ends with what the feed closed with: %s', async (error) => {
  for (const waits of [true, false]) {
    const { stream, change, close } = await open()
    const waiting = waits ? stream.next() : null
    change(-1)
    close(error)
    const last = waiting ?? stream.next()
    if (error === null) expect(await last).toEqual(done)
    else await expect(last).rejects.toBe(error)
    expect(await stream.next()).toEqual(done)
  }
})

it('ends with the error when nothing happens, and reads no more', async () => {
  const refusal = new Error('revoked')
  const authorize = vi.fn(async () => {})
  authorize.mockResolvedValueOnce().mockRejectedValueOnce(refusal)
  const { stream, subscribers } = await open({ authorize, recheckIntervalMs: 1 })
  await expect(stream.next()).rejects.toBe(refusal)
  expect(subscribers.size).toBe(0)
  expect(await stream.next()).toEqual(done)
  expect(authorize).toHaveBeenCalledTimes(2)
})

it('keeps a failure to itself when the reader has left', async () => {
  const refusal = Promise.withResolvers<void>()
  const { stream, change } = await open({ authorize: () => refusal.promise })
  change(1)
  const waiting = stream.next()
  const left = stream.return?.()
  refusal.reject(new Error('revoked'))
  expect(await left).toEqual(done)
  expect(await waiting).toEqual(done)
})
