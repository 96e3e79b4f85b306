import { Client, cacheExchange, fetchExchange, gql } from '@urql/core'
import { expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { seedKey } from '../../../test/support/seed.ts'
import { clientServer } from './clientServer.ts'
import type { FlagList, StatsAndFlags, UpdateResult } from './operations.ts'
import * as operations from './operations.ts'

const { db, url, limitedUrl, seedShop } = await clientServer()
const { badKeys, byKey, headers, keysOf, mistakes } = operations
const list = gql<FlagList, object>(operations.list)
const update = gql<{ updateFeatureFlag: UpdateResult }, { input: object }>(operations.update)

function urql(key: string | null, at = url): Client {
  return new Client({ url: at, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers: headers(key) }, preferGetMethod: false })
}

it('pages to the end, and back to the front', async () => {
  const { key, keys, projectId } = await seedShop()
  const client = urql(key)
  const page = async (variables: object) => {
    const { data, error } = await client.query(list, { project: projectId, order: byKey, ...variables })
    expect(error).toBeUndefined()
    return { keys: keysOf(data), info: data?.eligibleFeatureFlags?.pageInfo }
  }
  let next = await page({ first: 5 })
  const forwards = [next.keys]
  while (next.info?.hasNextPage) {
    next = await page({ first: 5, after: next.info.endCursor })
    forwards.push(next.keys)
  }
  expect(forwards).toEqual([keys.slice(0, 5), keys.slice(5, 10), keys.slice(10)])

  let previous = await page({ last: 5 })
  const backwards = [previous.keys]
  while (previous.info?.hasPreviousPage) {
    previous = await page({ last: 5, before: previous.info.startCursor })
    backwards.unshift(previous.keys)
  }
  expect(backwards).toEqual([keys.slice(0, 2), keys.slice(2, 7), keys.slice(7)])
})

it('passes enums, lists and nulls as variables', async () => {
  const { key, keys, projectId, user, organization } = await seedShop(3)
  const { user: stranger } = await seedColleague(db, { organization })
  const ask = async (variables: object) => keysOf((await urql(key).query(list, { project: projectId, ...variables })).data)
  expect(await ask({ order: { field: 'KEY', direction: 'DESC' }, people: [user.id, String(stranger.id)] })).toEqual(keys.toReversed())
  expect(await ask({ people: [stranger.id] })).toEqual([])
  expect(await ask({ order: byKey, people: null, first: null, after: null, last: 2, before: null })).toEqual(keys.slice(1))
})

it.each(badKeys)('says UNAUTHENTICATED with %s', async (_, key) => {
  const { data, error } = await urql(key).query(list, { project: '1' })
  expect(data).toEqual({ eligibleFeatureFlags: null })
  expect(error?.networkError).toBeUndefined()
  expect(error?.graphQLErrors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
    { path: ['eligibleFeatureFlags'], code: 'UNAUTHENTICATED' },
  ])
})

it('gives what was answered beside what was rejected', async () => {
  const { user, projectId } = await seedShop(1)
  const client = urql(await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  const { data, error } = await client.query(gql<StatsAndFlags, object>(operations.statsAndFlags), { project: projectId })
  expect(data).toMatchObject({ stats: null, eligibleFeatureFlags: { nodes: [{ key: 'flag-00' }] } })
  expect(error?.graphQLErrors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
    { path: ['stats'], code: 'FORBIDDEN', requiredScope: 'experiment:read' },
  ])
})

it.each(mistakes)('names the argument %s that is wrong', async (argument, variables) => {
  const { key, projectId } = await seedShop(1)
  const { error } = await urql(key).query(list, { project: projectId, ...variables })
  expect(error?.networkError).toBeUndefined()
  expect(error?.graphQLErrors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', argument }])
})

it('says when to come back after too many requests', async () => {
  const { key, projectId } = await seedShop(1)
  const ask = () => urql(key, limitedUrl).query(list, { project: projectId })
  expect((await ask()).error).toBeUndefined()
  const { error } = await ask()
  expect(error?.networkError).toBeUndefined()
  expect(error?.graphQLErrors.map(({ extensions }) => extensions)).toEqual([{ code: 'RATE_LIMITED', retryAfter: expect.any(Number) }])
})

it('answers a mutation by a member of its union, and reads lists again', async () => {
  const tenant = await seedShop(1)
  const client = urql(tenant.key)
  const read = async () => (await client.query(list, { project: tenant.projectId })).data?.eligibleFeatureFlags?.edges[0]?.node
  const flag = await read()
  const change = async (input: object) =>
    (await client.mutation(update, { input: { id: flag?.id, ...input } })).data?.updateFeatureFlag as UpdateResult

  expect(await change({ name: 'Größe “XL” 👟' })).toEqual({ __typename: 'FeatureFlag', id: flag?.id, name: 'Größe “XL” 👟' })
  // The mutation returned a FeatureFlag, so urql drops all cached results with that type.
  expect(await read()).toMatchObject({ name: 'Größe “XL” 👟' })

  expect(await change({ key: 'no spaces, please' })).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['key'] }] })
  expect(await change({ version: 99, name: 'Late' })).toMatchObject({ __typename: 'InvalidStateError', code: 'INVALID_STATE' })
  expect(await change({ id: '2000000000' })).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' })

  await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [await seedColleague(db, tenant)])
  const required = await change({ active: false })
  if (required.__typename !== 'ApprovalRequiredError') throw new Error(`It was ${required.__typename}.`)
  const { id } = required.changeRequest
  expect(await change({ active: false })).toMatchObject({ __typename: 'ChangeRequestPendingError', changeRequest: { id } })
})

it('rejects a mutation as a whole when the key may not write', async () => {
  const { user, projectId } = await seedShop(1)
  const client = urql(await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  const id = (await client.query(list, { project: projectId })).data?.eligibleFeatureFlags?.edges[0]?.node.id
  const { data, error } = await client.mutation(update, { input: { id, name: 'Mine' } })
  expect(data).toBeNull()
  expect(error?.graphQLErrors.map(({ extensions }) => extensions)).toEqual([{ code: 'FORBIDDEN', requiredScope: 'feature_flag:write' }])
})
