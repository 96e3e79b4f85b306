import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { Defer20220824Handler } from '@apollo/client/incremental'
import { LocalState } from '@apollo/client/local-state'
import { describe, expect, it } from 'vitest'
import { listen } from '../../../test/support/listen.ts'
import { seedFlag } from '../../../test/support/seed.ts'
import { seedTenant, testServer } from '../../../test/support/testServer.ts'

const { db, server } = await testServer()
const { project, key } = await seedTenant(db)
for (const name of ['one', 'two', 'three']) await seedFlag(db, project, { key: name })

// biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
type Part = any

const counted = `{
  eligibleFeatureFlags(projectId: ${project.id}, first: 2) { nodes { key } ... @defer(label: "count") { totalCount } }
}`

describe('@defer', () => {
  it('is answered to Apollo Client', async () => {
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      localState: new LocalState(),
      incrementalHandler: new Defer20220824Handler(),
      link: new HttpLink({ uri: await listen(server), headers: { authorization: `Bearer ${key}` } }),
    })
    const seen: Part[] = []
    await new Promise<void>((resolve, reject) => {
      client.watchQuery({ query: gql(counted) }).subscribe({
        next: ({ data, dataState }) => {
          if (dataState !== 'empty') seen.push(data)
          if (dataState === 'complete') resolve()
        },
        error: reject,
      })
    })
    expect(seen.at(0)?.eligibleFeatureFlags.totalCount).toBeUndefined()
    expect(seen.at(-1)?.eligibleFeatureFlags.totalCount).toBe(3)
  })
})
