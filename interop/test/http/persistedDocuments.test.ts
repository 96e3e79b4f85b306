import { createHash } from 'node:crypto'
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { describe, expect, it } from 'vitest'
import { listen } from '../../../test/support/listen.ts'
import { seedTenant, testServer } from '../../../test/support/testServer.ts'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const apollo = await testServer()

describe('automatic persisted queries', () => {
  it("Apollo Client's link: the first ask sends the text after the hash was not known, the second the hash alone", async () => {
    const { key } = await seedTenant(apollo.db)
    const sent: string[] = []
    const client = (useGETForHashedQueries: boolean) =>
      new ApolloClient({
        cache: new InMemoryCache(),
        link: new PersistedQueryLink({ sha256: hashOf, useGETForHashedQueries }).concat(
          new HttpLink({
            uri: url,
            headers: { authorization: `Bearer ${key}` },
            fetch: (input, init) => {
              sent.push(`${init?.method} ${String(init?.body ?? input).includes('scopes') ? 'text' : 'hash'}`)
              return fetch(input, init)
            },
          }),
        ),
      })
    const url = await listen(apollo.server)
    const query = gql`query Mine { viewer { scopes } }`
    for (const useGet of [false, true]) {
      const { data } = await client(useGet).query({ query })
      expect(data).toMatchObject({ viewer: { scopes: ['*'] } })
    }
    expect(sent).toEqual(['POST hash', 'POST text', 'GET hash'])
  })
})
