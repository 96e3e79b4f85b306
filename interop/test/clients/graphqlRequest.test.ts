import { ClientError, GraphQLClient } from 'graphql-request'
import { expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { seedKey } from '../../../test/support/seed.ts'
import { clientServer } from './clientServer.ts'
import {
  badKeys,
  byKey,
  type FlagList,
  headers,
  keysOf,
  list,
  mistakes,
  type StatsAndFlags,
  statsAndFlags,
  type UpdateResult,
  update,
} from './operations.ts'

const { db, url, limitedUrl, seedShop } = await clientServer()

function graphqlRequest(key: string | null, at = url): GraphQLClient {
  return new GraphQLClient(at, { headers: headers(key) })
}

/** Returns the response in the error that the client throws. */
async function refusalOf(answer: Promise<unknown>): Promise<ClientError['response']> {
  const error = await answer.then(
    () => null,
    (error: unknown) => error,
  )
  if (!(error instanceof ClientError)) throw new Error('It was not refused.', { cause: error })
  return error.response
}

it('pages to the end, and back to the front', async () => {
  const { key, keys, projectId } = await seedShop()
  const client = graphqlRequest(key)
  const page = async (variables: object) => {
    const data = await client.request<FlagList>(list, { project: projectId, order: byKey, ...variables })
    return { keys: keysOf(data), info: data.eligibleFeatureFlags?.pageInfo }
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

it('asks by GET too', async () => {
  const { key, keys, projectId } = await seedShop(3)
  const client = new GraphQLClient(url, { headers: headers(key), method: 'GET', jsonSerializer: JSON })
  expect(keysOf(await client.request<FlagList>(list, { project: projectId, order: byKey, last: 2 }))).toEqual(keys.slice(1))
})

it.each(badKeys)('says UNAUTHENTICATED with %s', async (_, key) => {
  const { errors, data } = await refusalOf(graphqlRequest(key).request(list, { project: '1' }))
  expect(data).toEqual({ eligibleFeatureFlags: null })
  expect(errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
    { path: ['eligibleFeatureFlags'], code: 'UNAUTHENTICATED' },
  ])
})

it('throws what was rejected, with what was answered beside it', async () => {
  const { user, projectId } = await seedShop(1)
  const client = graphqlRequest(await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  const expected = { stats: null, eligibleFeatureFlags: { nodes: [{ key: 'flag-00' }] } }
  const refusal = { path: ['stats'], code: 'FORBIDDEN', requiredScope: 'experiment:read' }
  const { errors, data } = await refusalOf(client.request(statsAndFlags, { project: projectId }))
  expect(data).toEqual(expected)
  expect(errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([refusal])

  // With this policy, the client does not throw.
  const patient = new GraphQLClient(url, { headers: client.requestConfig.headers ?? {}, errorPolicy: 'all' })
  const answer = await patient.rawRequest<StatsAndFlags>(statsAndFlags, { project: projectId })
  expect(answer.data).toEqual(expected)
  expect(answer.errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([refusal])
})

it.each(mistakes)('names the argument %s that is wrong', async (argument, variables) => {
  const { key, projectId } = await seedShop(1)
  const { errors } = await refusalOf(graphqlRequest(key).request(list, { project: projectId, ...variables }))
  expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', argument }])
})

it('says when to come back after too many requests', async () => {
  const { key, projectId } = await seedShop(1)
  const ask = () => graphqlRequest(key, limitedUrl).request(list, { project: projectId })
  await ask()
  const { status, errors } = await refusalOf(ask())
  expect(status).toBe(429)
  expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'RATE_LIMITED', retryAfter: expect.any(Number) }])
})

it('answers a mutation by a member of its union', async () => {
  const tenant = await seedShop(1)
  const client = graphqlRequest(tenant.key)
  const { eligibleFeatureFlags } = await client.request<FlagList>(list, { project: tenant.projectId })
  const flag = eligibleFeatureFlags?.edges[0]?.node
  const change = async (input: object) =>
    (await client.request<{ updateFeatureFlag: UpdateResult }>(update, { input: { id: flag?.id, ...input } })).updateFeatureFlag

  expect(await change({ name: 'Größe “XL” 👟' })).toEqual({ __typename: 'FeatureFlag', id: flag?.id, name: 'Größe “XL” 👟' })
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
  const client = graphqlRequest(await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  const id = (await client.request<FlagList>(list, { project: projectId })).eligibleFeatureFlags?.edges[0]?.node.id
  const { errors, data } = await refusalOf(client.request(update, { input: { id, name: 'Mine' } }))
  expect(data).toBeNull()
  expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'FORBIDDEN', requiredScope: 'feature_flag:write' }])
})
