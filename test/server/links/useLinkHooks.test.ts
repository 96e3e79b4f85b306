import { connect } from 'node:net'
import { beforeEach, describe, expect, it } from 'vitest'
import { hashSecret } from '../../../src/platform/secrets/secretBox.ts'
import { listen } from '../../support/listen.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { testServer } from '../../support/testServer.ts'

const limit = 20
const { db, server, time, statements } = await testServer({ anonymousLimitPerMinute: limit, rateLimitPerMinute: 15 })
const url = new URL(await listen(server, { receiveTimeoutSeconds: 1 }))
const project = await seedProject(db, await seedOrganization(db))
const [hookId, secret] = ['00000000-0000-4000-8000-00000000000a', 'secret-of-the-webhook']
const place = { projectId: project.id, mode: 'mirror', host: 'https://eu.posthog.com', upstreamProjectId: 1 } as const
const keys = { encryptedKey: 'sealed', keyHash: '0'.repeat(64), hookSecretHash: hashSecret(secret) }
await db.projectLink.create({ data: { ...place, ...keys, hookId, state: 'following', nextRoundAt: new Date('2026-11-20T13:00:00Z') } })

beforeEach(async () => {
  // The limit begins anew.
  time.now = new Date(time.now.getTime() + 61_000)
  await db.linkHint.deleteMany()
})

const entry = { id: crypto.randomUUID(), scope: 'FeatureFlag', item_id: '41', activity: 'updated' }
const body = JSON.stringify(entry)
const post = (init: RequestInit & { id?: string; token?: string | null } = {}) => {
  const { id = hookId, token = secret, ...rest } = init
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { 'x-hook-token': token }) }
  return fetch(new URL(`/hooks/posthog/${id}`, url), { method: 'POST', headers, body, ...rest })
}
const hints = () => db.linkHint.findMany({ select: { kind: true, upstreamId: true, dueAt: true } })

describe('the address of webhooks', () => {
  it('takes a hint, answers nothing, and reads the row a moment later', async () => {
    const answer = await post()
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    const dueAt = new Date(time.now.getTime() + 1_500)
    expect(await hints()).toEqual([{ kind: 'feature_flags', upstreamId: '41', dueAt }])
    expect(await db.projectLink.findFirst()).toMatchObject({ nextRoundAt: dueAt })
  })

  it('takes a repeated one for one, whenever it was sent, and whatever time it says', async () => {
    await post()
    time.now = new Date(time.now.getTime() + 3_600_000)
    for (const at of ['2000-01-01T00:00:00Z', '2100-01-01T00:00:00Z', 'never']) {
      expect((await post({ body: JSON.stringify({ ...entry, created_at: at, timestamp: at }) })).status).toBe(204)
    }
    // Our clock decides.
    expect(await hints()).toEqual([{ kind: 'feature_flags', upstreamId: '41', dueAt: new Date(time.now.getTime() + 1_500) }])
  })

  it('answers a wrong secret as a wrong address', async () => {
    // An id that cannot be one needs no look-up, so its answer can come before the body, and closes the connection.
    const looks = async (answer: Response) => {
      const headers = [...answer.headers].filter(
        ([name]) => ![...['date', 'x-request-id'], ...['connection', 'keep-alive', 'vary']].includes(name),
      )
      return { status: answer.status, text: await answer.text(), headers }
    }
    const unknown = await looks(await post({ id: '00000000-0000-4000-8000-00000000000b' }))
    expect(unknown).toMatchObject({ status: 404, text: expect.stringContaining('There is no webhook with this address and secret.') })
    for (const other of [
      { token: 'wrong' },
      { token: null },
      { token: '' },
      { id: 'no-uuid' },
      { id: `${hookId}/more` },
      { id: '' },
      { id: "' OR 1=1" },
    ]) {
      expect(await looks(await post(other)), JSON.stringify(other)).toEqual(unknown)
    }
    expect(await hints()).toEqual([])
  })

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('answers 405 to %s, and says what it takes', async (method) => {
    const answer = await post({ method, body: null })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('answers 413 to a body that is too large, with and without its length, and reads no more of it', async () => {
    const large = `{"scope":"FeatureFlag","item_id":"${'1'.repeat(20_000)}"}`
    expect((await post({ body: large })).status).toBe(413)
    expect((await post({ body: large, id: 'no-uuid' })).status).toBe(413)
    expect(await status(chunked(large))).toBe(413)
    // Without the secret, nothing of it is read.
    expect(await status(chunked(large, 'wrong'))).toBe(404)
    expect(await hints()).toEqual([])
  })

  it.each([
    ['no JSON', 'scope=FeatureFlag', 400],
    ['cut JSON', '{"scope":', 400],
    ['nothing', '', 400],
    ['bytes that are no text', '\\u0000\u0000', 400],
    ['a list', '[1]', 204],
    ['a text', '"FeatureFlag"', 204],
    ['null', 'null', 204],
    ['another scope', '{"scope":"Dashboard","item_id":1}', 204],
    ['an id that is no id', '{"scope":"FeatureFlag","item_id":{"$gt":0}}', 204],
    ['a path as an id', '{"scope":"FeatureFlag","item_id":"../../users/@me"}', 204],
    ['a deep value', `${'['.repeat(8_000)}${']'.repeat(8_000)}`, 204],
  ])('answers a body that is %s, and does nothing', async (_name, text, expected) => {
    expect((await post({ body: text })).status).toBe(expected)
    expect(await hints()).toEqual([])
  })

  it('limits what is refused, without asking the database, and still takes what it knows', async () => {
    expect((await post()).status).toBe(204)
    for (let index = 0; index < limit; index++) expect((await post({ id: crypto.randomUUID() })).status).toBe(404)
    statements.length = 0
    const refused = await post({ id: crypto.randomUUID() })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    expect((await post({ method: 'GET', body: null, id: 'x' })).status).toBe(429)
    expect(statements).toEqual([])
    expect((await post()).status).toBe(204)
    time.now = new Date(time.now.getTime() + 61_000)
    expect((await post({ id: crypto.randomUUID() })).status).toBe(404)
  })

  it('says in JSON what is wrong', async () => {
    for (const answer of [await post({ method: 'GET', body: null }), await post({ body: '{' }), await post({ token: 'wrong' })]) {
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(await answer.json()).toMatchObject({ errors: [{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } }] })
    }
  })

  it('limits what it accepts of a webhook', async () => {
    for (let index = 0; index < 15; index++) expect((await post()).status).toBe(204)
    const refused = await post()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] })
  })

  it('answers 408 to a body that does not come', async () => {
    const head = `POST /hooks/posthog/${hookId} HTTP/1.1\r\nhost: ${url.host}\r\nx-hook-token: ${secret}\r\ncontent-length: 100\r\n\r\n{`
    expect(await status(head)).toBe(408)
  })

  it('asks the database the same for each, however much it is sent', async () => {
    await post()
    statements.length = 0
    await post({ token: 'wrong' })
    expect(statements).toHaveLength(1)
    statements.length = 0
    await post()
    expect(statements).toHaveLength(3)
  })
})

/** A request in parts, whose length nobody says. */
function chunked(text: string, token = secret): string {
  const parts = text.match(/.{1,4000}/g) ?? []
  const head = `POST /hooks/posthog/${hookId} HTTP/1.1\r\nhost: ${url.host}\r\nx-hook-token: ${token}\r\ntransfer-encoding: chunked\r\n\r\n`
  return `${head}${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`
}

function status(request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => socket.write(request))
    socket.once('data', (data) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString())?.[1]))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
