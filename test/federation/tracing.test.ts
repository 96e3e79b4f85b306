import { expect, it } from 'vitest'
import { testServer } from '../support/testServer.ts'

const [traced, plain] = [await testServer({ federatedTracing: true }), await testServer()]

async function extensionsOf({ server }: typeof traced, headers: Record<string, string>) {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ __typename viewer { scopes } }' }),
  })
  return ((await response.json()) as { extensions?: { ftv1?: string } }).extensions
}

const asked = { 'apollo-federation-include-trace': 'ftv1' }

it('tells a gateway that asks how long each field took, where the setting is on', async () => {
  expect((await extensionsOf(traced, asked))?.ftv1).toMatch(/^[A-Za-z0-9+/]+=*$/)
})

it('tells it to nobody else', async () => {
  expect(await extensionsOf(traced, {})).toBeUndefined()
  expect(await extensionsOf(plain, asked)).toBeUndefined()
})
