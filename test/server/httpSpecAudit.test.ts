import { serverAudits } from 'graphql-http'
import { describe, expect, it } from 'vitest'
import { testServer } from '../support/testServer.ts'

const { server } = await testServer()

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: 'http://localhost/graphql', fetchFn: (url: string, init: RequestInit) => server.fetch(url, init) })

  it.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn()
    expect(result.status, 'reason' in result ? String(result.reason) : '').toBe('ok')
  })
})
