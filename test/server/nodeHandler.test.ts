import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { listen } from '../support/listen.ts'
import { seedFlag } from '../support/seed.ts'
import { seedTenant, testServer } from '../support/testServer.ts'

const { db, server } = await testServer()
const { key, project } = await seedTenant(db)
for (let n = 0; n < 20; n++) await seedFlag(db, project)
const url = await listen(server)

/** The answer as it came over the wire. */
function ask(query: string, headers: Record<string, string>): Promise<{ encoding: unknown; vary: unknown; type: unknown; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers } },
      async (response) => {
        const { 'content-encoding': encoding, 'content-type': type, vary } = response.headers
        resolve({ encoding, vary, type, body: await buffer(response) })
      },
    )
    sent.on('error', reject)
    sent.end(JSON.stringify({ query }))
  })
}

const page = `{ eligibleFeatureFlags(projectId: ${project.id}) { nodes { id key filters } } }`

it.each([
  ['gzip', gunzipSync],
  ['br', brotliDecompressSync],
] as const)('an answer is compressed for who takes %s', async (encoding, decompress) => {
  const plain = await ask(page, {})
  expect(plain.encoding).toBeUndefined()
  const compressed = await ask(page, { 'accept-encoding': encoding })
  expect(compressed.encoding).toBe(encoding)
  expect(String(compressed.vary).toLowerCase()).toContain('accept-encoding')
  expect(decompress(compressed.body).toString()).toBe(plain.body.toString())
  expect(compressed.body.length).toBeLessThan(plain.body.length / 4)
})

it('a short answer is not: it would not get shorter', async () => {
  expect((await ask('{ viewer { scopes } }', { 'accept-encoding': 'gzip' })).encoding).toBeUndefined()
})

it('an answer in parts is not, so that no part waits for the next', async () => {
  const deferred = `{ eligibleFeatureFlags(projectId: ${project.id}) { nodes { id key filters } ... @defer { totalCount } } }`
  const { encoding, type } = await ask(deferred, { 'accept-encoding': 'gzip', accept: 'multipart/mixed' })
  expect(type).toContain('multipart/mixed')
  expect(encoding).toBeUndefined()
})
