import { describe, expect, it } from 'vitest'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { server, db, run, statements, clearStatements: forget } = await testServer()
const tenant = await seedTenant(db)
const address = 'http://localhost/graphql?query=%7B__typename%7D'
const mutation = `mutation { createFeatureFlag(input: { projectId: "${tenant.project.id}", key: "forged" }) { __typename } }`

async function ask(url: string, init: RequestInit) {
  forget()
  const response = await server.fetch(url, init)
  return { status: response.status, body: (await response.json()) as { data?: unknown; errors?: { extensions: object }[] } }
}

describe('a request that a page of another site can send unasked', () => {
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  it.each<[string, string, RequestInit]>([
    ['a form', 'http://localhost/graphql', { ...form, body: new URLSearchParams({ query: mutation }).toString() }],
    ['plain text', 'http://localhost/graphql', { method: 'POST', body: JSON.stringify({ query: mutation }) }],
    [
      'plain text with a charset',
      'http://localhost/graphql',
      { method: 'POST', headers: { 'content-type': 'TEXT/plain; charset=utf-8' }, body: JSON.stringify({ query: mutation }) },
    ],
    [
      'a form with files',
      'http://localhost/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${mutation}\r\n--x--`,
      },
    ],
    ['an address, as a script loads it', address, { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['an address of a neighbour', address, { headers: { 'sec-fetch-site': 'same-site' } }],
    ['an address whose answer the page wants to read', address, { headers: { origin: 'https://elsewhere.example' } }],
  ])('is refused: %s', async (_name, url, init) => {
    const { status, body } = await ask(url, init)
    expect(status).toBe(403)
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
    expect(body.data).toBeUndefined()
    expect(statements).toEqual([])
  })
})

describe('a request that a browser would ask about first', () => {
  const elsewhere = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' }
  it.each<[string, string, RequestInit]>([
    [
      'JSON',
      'http://localhost/graphql',
      { method: 'POST', headers: { ...elsewhere, 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ __typename }' }) },
    ],
    ['an address with the header for it', address, { headers: { ...elsewhere, 'apollo-require-preflight': 'true' } }],
    ['an address with a key', address, { headers: { ...elsewhere, authorization: `Bearer ${tenant.key}` } }],
  ])('is answered: %s', async (_name, url, init) => {
    expect(await ask(url, init)).toEqual({ status: 200, body: { data: { __typename: 'Query' } } })
  })

  it('is allowed by the preflight', async () => {
    const response = await server.fetch('http://localhost/graphql', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    expect(response.ok).toBe(true)
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization')
    expect(response.headers.get('access-control-allow-credentials')).not.toBe('true')
  })
})

describe('an address', () => {
  it.each([
    ['a program', {}],
    ['a person who typed it', { 'sec-fetch-site': 'none' }],
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }],
  ])('is answered to %s', async (_name, headers) => {
    expect((await ask(address, { headers })).status).toBe(200)
  })

  it('cannot change anything, even with a key', async () => {
    const url = `http://localhost/graphql?query=${encodeURIComponent(mutation)}`
    const { status, body } = await ask(url, { headers: { authorization: `Bearer ${tenant.key}` } })
    expect(status).toBe(405)
    expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })
})

it('nothing was written by any of them', async () => {
  expect(await db.featureFlag.count()).toBe(0)
  expect(await run(tenant.key, mutation)).toEqual({ data: { createFeatureFlag: { __typename: 'FeatureFlag' } } })
})
