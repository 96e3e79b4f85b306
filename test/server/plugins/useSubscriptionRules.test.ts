import { expect, it } from 'vitest'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { server, db } = await testServer()
const { key, project } = await seedTenant(db)
const followed = `experimentUpdated(projectId: ${project.id})`

async function subscribe(query: string): Promise<string> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  })
  return response.text()
}

it.each([
  ['skip', `subscription { ${followed} @skip(if: true) { id } }`],
  ['include', `subscription { ${followed} @include(if: true) { id } }`],
  ['skip', `subscription { ... on Subscription @skip(if: true) { ${followed} { id } } }`],
  ['skip', `subscription ($s: Boolean!) { ${followed} @skip(if: $s) { id } }`],
  ['include', `subscription ($s: Boolean = true) { ...root @include(if: $s) } fragment root on Subscription { ${followed} { id } }`],
  ['skip', `subscription { ...root } fragment root on Subscription { ${followed} @skip(if: true) { id } }`],
])('a subscription whose root field has @%s is the fault of the caller: %s', async (directive, query) => {
  const answer = await subscribe(query)
  expect(answer).toContain(`The root field of a subscription cannot have the directive \\"@${directive}\\".`)
  expect(answer).toContain('"code":"BAD_USER_INPUT"')
  expect(answer).not.toContain('INTERNAL_SERVER_ERROR')
})

it('fragments that spread each other are rejected, and end', async () => {
  const answer = await subscribe('subscription { ...a } fragment a on Subscription { ...b } fragment b on Subscription { ...a }')
  expect(answer).toContain('"code":"BAD_USER_INPUT"')
})
