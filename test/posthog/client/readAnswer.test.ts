import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { UpstreamError } from '../../../src/platform/upstreamError.ts'
import { createConnections } from '../../../src/posthog/client/connections.ts'
import { createPostHogClient } from '../../../src/posthog/client/postHogClient.ts'
import { AnswerTooLarge, parseText, readText } from '../../../src/posthog/client/readAnswer.ts'

describe('an answer of a host', () => {
  it.each([
    ['nested deeply', '['.repeat(1_000_000)],
    ['of many empty objects', `[${'{},'.repeat(3_000_000)}{}]`],
    ['of many names', `{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":1`).join()}}`],
    ['of many long numbers', `[${'12345678901234567,'.repeat(300_000)}1]`],
    ['of many empty texts', `[${'"",'.repeat(7_000_000)}1]`],
  ])('%s is not parsed', (_name, text) => {
    expect(() => parseText(text)).toThrow(AnswerTooLarge)
  })

  it('of brackets in strings, or cut in the middle of one, is no more than text', () => {
    const text = '["{:,'.repeat(1_000)
    expect(parseText(JSON.stringify({ text, more: ['\\"', text] }))).toEqual({ text, more: ['\\"', text] })
    for (const cut of ['"', '"\\', `"${'\\'.repeat(1_000_000)}`, '"'.repeat(1_000_001)]) expect(parseText(cut)).toBeUndefined()
  })

  it('has at most 32 MB, and all together at most 128 MB', async () => {
    const megabyte = Buffer.alloc(1_048_576)
    await expect(readText(Readable.from(Array(33).fill(megabyte)))).rejects.toThrow(AnswerTooLarge)
    const reads = await Promise.allSettled(Array.from({ length: 5 }, () => readText(Readable.from(Array(32).fill(megabyte)))))
    expect(reads.filter(({ status }) => status === 'rejected')).not.toHaveLength(0)
    expect((await readText(Readable.from(Array(32).fill(megabyte)))).length).toBe(33_554_432)
  })
})

describe('who does not wait for another attempt', () => {
  const answers: Readonly<Record<string, [number, string]>> = { redirect: [302, ''], page: [200, '<html>'], deep: [200, '['.repeat(1_000)] }
  let requests = 0
  const host = createServer((request, response) => {
    requests++
    const [status, body] = answers[request.url?.split('/')[2] ?? ''] ?? [404, '']
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body)
  }).listen(0, '127.0.0.1')
  afterAll(() => host.close())

  it.each([
    ['redirect', 'PostHog redirects GET /api/redirect/ to another address. Name the host that answers itself.'],
    ['page', 'PostHog answered GET /api/page/ with something that is not JSON, or that is cut off. Is the host right?'],
    ['deep', "PostHog's answer to GET /api/deep/ is too large."],
  ])('hears what the fault is: %s', async (name, message) => {
    if (!host.listening) await once(host, 'listening')
    requests = 0
    const client = createPostHogClient({
      connections: createConnections({ timeoutSeconds: 5, allowPrivateHosts: true }),
      host: `http://127.0.0.1:${(host.address() as AddressInfo).port}`,
      key: 'phx_secret',
      budget: { take: async () => {}, block: async () => {} },
      timeoutSeconds: 5,
      timing: {
        clock: () => new Date(),
        random: () => 0,
        wait: () => Promise.reject(new UpstreamError('Nobody waits.', { kind: 'throttled' })),
      },
    })
    await expect(client.get(`/api/${name}/`, z.unknown())).rejects.toThrow(message)
    expect(requests).toBe(1)
  })
})
