import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTrustedDocuments } from '../../../src/server/plugins/trustedDocuments.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-documents-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: unknown) => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const whoAmI = 'query WhoAmI { viewer { scopes } }'
const nameOf = 'query NameOf($id: ID!) { node(id: $id) { __typename } }'
const write = 'mutation Write { __typename }'
const manifest = file('manifest.json', { [hashOf(whoAmI)]: whoAmI, broken: '{ nonsense }', nameOf, write })

const open = await testServer({ trustedDocuments: manifest })
const closed = await testServer({ trustedDocuments: manifest, trustedDocumentsOnly: true })

async function ask({ server, db }: typeof open, body: object) {
  const { key } = await seedTenant(db)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const response = await server.fetch('http://localhost/graphql', { method: 'POST', headers, body: JSON.stringify(body) })
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
  return { status: response.status, ...((await response.json()) as any) }
}

const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })
const answered = { status: 200, data: { viewer: { scopes: ['*'] } } }

describe('automatic persisted queries', () => {
  const text = '{ viewer { user { firstName } scopes } }'

  it('an unknown hash gets the error of the protocol; once the text was sent with it, the hash is enough', async () => {
    expect(await ask(open, byHash(hashOf(text)))).toMatchObject({
      status: 200,
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    })
    expect(await ask(open, { query: text, ...byHash(hashOf(text)) })).toMatchObject(answered)
    expect(await ask(open, byHash(hashOf(text)))).toMatchObject(answered)
  })

  it('a hash that is not of the text is rejected, and nothing is stored under it', async () => {
    const wrong = hashOf('something else')
    expect(await ask(open, { query: text, ...byHash(wrong) })).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    expect(await ask(open, byHash(wrong))).toMatchObject({ errors: [{ message: 'PersistedQueryNotFound' }] })
  })
})

describe('trusted documents', () => {
  it.each([
    ['documentId', { documentId: hashOf(whoAmI) }],
    ['documentId with its kind', { documentId: `sha256:${hashOf(whoAmI)}` }],
    ['the hash of a persisted query', byHash(hashOf(whoAmI))],
  ])('are answered by %s, required or not', async (_name, body) => {
    expect(await ask(open, body)).toMatchObject(answered)
    expect(await ask(closed, body)).toMatchObject(answered)
  })

  it.each([
    ['an operation that is sent', { query: whoAmI }],
    ['an operation that is sent with its hash', { query: whoAmI, ...byHash(hashOf(whoAmI)) }],
    ['an id that is not listed', { documentId: hashOf('{ viewer { scopes } }') }],
    ['an id that names something of JavaScript', { documentId: '__proto__' }],
    ['nothing', {}],
    ['an id that is no text', { documentId: 7 }],
  ])('where only they are answered, reject %s', async (_name, body) => {
    const { status, data, errors } = await ask(closed, body)
    expect(status).toBe(400)
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('are answered by GET, with variables, and without a key for what needs none', async () => {
    for (const { server, db } of [open, closed]) {
      const { key } = await seedTenant(db)
      const get = async (parameters: Record<string, string>) => {
        const headers = { authorization: `Bearer ${key}` }
        const response = await server.fetch(`http://localhost/graphql?${new URLSearchParams(parameters)}`, { headers })
        // biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
        return { status: response.status, ...((await response.json()) as any) }
      }
      expect(await get({ documentId: hashOf(whoAmI) })).toMatchObject(answered)
      expect(await get({ documentId: `sha256:${hashOf(whoAmI)}` })).toMatchObject(answered)
      const variables = JSON.stringify({ id: 'RmVhdHVyZUZsYWc6OTk5' })
      expect(await get({ documentId: 'nameOf', variables })).toEqual({ status: 200, data: { node: null } })
      expect(await get({ documentId: 'write' })).toMatchObject({ status: 405, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
      expect((await get({ documentId: 'unknown' })).errors).toHaveLength(1)
      expect((await get({ documentId: '' })).errors).toHaveLength(1)
    }
  })

  it('are validated like every other', async () => {
    expect(await ask(closed, { documentId: 'broken' })).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })

  it('where others are answered too, an operation that is sent is', async () => {
    expect(await ask(open, { query: whoAmI })).toMatchObject(answered)
  })

  it('are read from the manifest of Apollo’s generator', () => {
    const operations = [{ id: 'abc', name: 'WhoAmI', type: 'query', body: whoAmI }]
    const written = file('apollo.json', { format: 'apollo-persisted-query-manifest', version: 1, operations })
    expect([...readTrustedDocuments(written)]).toEqual([['abc', whoAmI]])
  })

  it.each([
    ['a file that is not there', join(folder, 'nowhere.json'), /nowhere\.json cannot be read/],
    ['a file that is no JSON', file('text.json', 'hello'), /cannot be read as JSON/],
    ['a file that is no manifest', file('list.json', ['{ viewer { scopes } }']), /must hold a JSON object/],
    ['a text that is no GraphQL', file('wrong.json', { abc: 'hello there' }), /the operation 'abc' in .* is not valid GraphQL/],
  ])('stop the start with a word about %s', (_name, path, message) => {
    expect(() => readTrustedDocuments(path)).toThrow(message)
  })
})
