import { randomBytes, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { beforeEach, expect, it } from 'vitest'
import { hashSecret } from '../../../src/platform/secrets/secretBox.ts'
import { listen } from '../../support/listen.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, server, time } = await testServer({ anonymousLimitPerMinute: 3, rateLimitPerMinute: 5 })
const endpoint = new URL(await listen(server, { receiveTimeoutSeconds: 1 }))
const { project } = await seedTenant(db)
const [hookId, secret] = [randomUUID(), randomBytes(32).toString('base64url')]
await db.projectLink.create({
  data: {
    ...{
      projectId: project.id,
      mode: 'mirror',
      host: 'https://posthog.test',
      upstreamProjectId: 1,
      encryptedKey: 'sealed',
      keyHash: '0'.repeat(64),
    },
    ...{ hookId, hookSecretHash: hashSecret(secret) },
  },
})

beforeEach(() => {
  // Each test has a minute of its own.
  time.now = new Date(time.now.getTime() + 60_000)
})

const entry = JSON.stringify({ scope: 'FeatureFlag', item_id: '1' })
async function call(id: string, token: string, body = entry, method = 'POST') {
  const url = new URL(`/hooks/posthog/${id}`, endpoint)
  const answer = await fetch(url, { method, headers: { 'x-hook-token': token }, ...(method === 'POST' ? { body } : {}) })
  const text = await answer.text()
  return { status: answer.status, errors: text === '' ? null : JSON.parse(text).errors, retryAfter: answer.headers.get('retry-after') }
}

it('takes a hint from who knows the secret', async () => {
  expect(await call(hookId, secret)).toEqual({ status: 204, errors: null, retryAfter: null })
  expect(await db.linkHint.count()).toBe(1)
})

it('says in JSON what is wrong, and the same for a wrong address as for a wrong secret', async () => {
  const wrong = await call(hookId, 'wrong')
  expect(wrong).toMatchObject({ status: 404, errors: [{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } }] })
  expect(await call(randomUUID(), secret)).toEqual(wrong)
  expect(await call(hookId, secret, '', 'GET')).toMatchObject({ status: 405, errors: [{ message: expect.any(String) }] })
  expect(await call(hookId, secret, '{')).toMatchObject({ status: 400, errors: [{ message: expect.any(String) }] })
  expect(await call(hookId, secret, JSON.stringify('a'.repeat(20_000)))).toMatchObject({
    status: 413,
    errors: [{ message: expect.any(String) }],
  })
})

it('counts wrong calls for the address, and reads nothing beyond the limit', async () => {
  for (let n = 0; n < 3; n++) expect(await call(randomUUID(), secret)).toMatchObject({ status: 404 })
  expect(await call('not-an-id', secret)).toMatchObject({
    status: 429,
    errors: [{ extensions: { code: 'RATE_LIMITED' } }],
    retryAfter: '60',
  })
  expect(await call(hookId, secret)).toMatchObject({ status: 429 })
})

it('counts right calls for the webhook', async () => {
  for (let n = 0; n < 6; n++) expect(await call(hookId, secret)).toMatchObject({ status: 204 })
  expect(await call(hookId, secret)).toMatchObject({ status: 429, retryAfter: '60' })
})

it('answers a body that does not come', async () => {
  const head = `POST /hooks/posthog/${hookId} HTTP/1.1\r\nHost: a\r\nX-Hook-Token: ${secret}\r\nContent-Length: 100\r\n\r\n{`
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    const socket = connect(Number(endpoint.port), endpoint.hostname, () => socket.write(head))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
  })
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
})
