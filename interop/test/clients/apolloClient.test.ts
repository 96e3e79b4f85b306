import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { filter, firstValueFrom } from 'rxjs'
import { expect, it, vi } from 'vitest'
import { possibleTypes } from '../../../examples/apollo-client/generated/possibleTypes.ts'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { patience } from '../../../test/support/patience.ts'
import { seedExperiment, seedKey } from '../../../test/support/seed.ts'
import { globalId } from '../../../test/support/testServer.ts'
import { clientServer } from './clientServer.ts'
import type { FlagList, StatsAndFlags, UpdateResult } from './operations.ts'
import * as operations from './operations.ts'

const { db, server, url, limitedUrl, seedShop } = await clientServer()
const { badKeys, byKey, headers, keysOf, mistakes } = operations
const list = gql(operations.list) as TypedDocumentNode<FlagList>
const statsAndFlags = gql(operations.statsAndFlags) as TypedDocumentNode<StatsAndFlags>
const update = gql(operations.update) as TypedDocumentNode<{ updateFeatureFlag: UpdateResult }>

function apollo(key: string | null, at = url, types = possibleTypes as Record<string, string[]>) {
  const cache = new InMemoryCache({
    possibleTypes: types,
    typePolicies: { Query: { fields: { eligibleFeatureFlags: relayStylePagination(['projectId', 'orderBy', 'createdByIds']) } } },
  })
  return new ApolloClient({ link: new HttpLink({ uri: at, headers: headers(key) }), cache })
}

/** The paths and extensions of the errors in a result. */
function refusalsIn(error: unknown): object[] {
  if (!CombinedGraphQLErrors.is(error)) throw new Error('It was not refused by GraphQL.', { cause: error })
  return error.errors.map(({ path, extensions }) => ({ ...(path && { path }), ...extensions }))
}

it.each([
  ['forwards', { first: 5 }],
  ['backwards', { last: 5 }],
])('joins all pages into one list, %s', async (_, size) => {
  const { key, keys, projectId } = await seedShop()
  const client = apollo(key)
  const variables = { project: projectId, order: byKey, ...size }
  const shown = client.watchQuery({ query: list, variables })
  let { data: page } = await firstValueFrom(shown.pipe(filter(({ loading }) => !loading)))
  let pages = 1
  const next = () => {
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = (page as FlagList).eligibleFeatureFlags?.pageInfo ?? {}
    if ('first' in size) return hasNextPage ? { after: endCursor } : null
    return hasPreviousPage ? { before: startCursor } : null
  }
  for (let variables = next(); variables !== null; variables = next(), pages++) page = (await shown.fetchMore({ variables })).data
  expect(pages).toBe(3)
  const joined = client.readQuery({ query: list, variables })
  expect(keysOf(joined)).toEqual(keys)
  expect(joined?.eligibleFeatureFlags?.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })
})

it('keeps lists with other filters apart', async () => {
  const { key, keys, projectId, organization } = await seedShop(3)
  const { user: stranger } = await seedColleague(db, { organization })
  const client = apollo(key)
  const ask = async (variables: object) =>
    keysOf((await client.query({ query: list, variables: { project: projectId, order: byKey, ...variables } })).data)
  expect(await ask({})).toEqual(keys)
  expect(await ask({ people: [stranger.id] })).toEqual([])
  expect(await ask({ order: { ...byKey, direction: 'DESC' } })).toEqual(keys.toReversed())
  expect(await ask({})).toEqual(keys)
})

it('keeps one object for each id, wherever it was read', async () => {
  const { key, projectId, project } = await seedShop(2)
  const flag = await db.featureFlag.findFirstOrThrow({ where: { projectId: project.id, key: 'flag-00' } })
  const experiment = await seedExperiment(db, flag)
  const id = globalId('FeatureFlag', flag.id)
  const client = apollo(key)
  const read = () => client.query({ query: list, variables: { project: projectId, order: byKey } })
  await read()
  const around = gql(`query Around($flag: ID!, $experiment: ID!) {
    node(id: $flag) { id ... on FeatureFlag { name } }
    experiment: node(id: $experiment) { id ... on Experiment { featureFlag { id name active } } }
  }`)
  const variables = { flag: id, experiment: globalId('Experiment', experiment.id) }
  await client.query({ query: around, variables })
  const objects = client.cache.extract() as Record<string, object>
  expect(Object.keys(objects).filter((name) => name.startsWith('FeatureFlag:'))).toHaveLength(2)
  expect(objects[`FeatureFlag:${id}`]).toMatchObject({ key: 'flag-00', name: '', active: true })

  await client.mutate({ mutation: update, variables: { input: { id, name: 'Größe “XL” 👟' } } })
  // No request is needed: all cached lists have the change.
  expect(client.readQuery({ query: list, variables: { project: projectId, order: byKey } })).toMatchObject({
    eligibleFeatureFlags: { edges: [{ node: { id, name: 'Größe “XL” 👟' } }, {}] },
  })
  expect(client.readQuery({ query: around, variables })).toMatchObject({
    node: { name: 'Größe “XL” 👟' },
    experiment: { featureFlag: { name: 'Größe “XL” 👟' } },
  })
})

it('knows by possibleTypes whom a fragment on an interface is about', async () => {
  const { key, projectId } = await seedShop(1)
  const query = gql(`query Anything($id: ID!) { node(id: $id) { __typename ... on Node { id } ... on Project { name } } }`)
  const fragment = gql('fragment Anything on Node { id }')
  const readWith = async (types: Record<string, string[]>) => {
    const client = apollo(key, url, types)
    await client.query({ query, variables: { id: projectId } })
    return client.readFragment({ id: `Project:${projectId}`, fragment })
  }
  expect(await readWith(possibleTypes)).toEqual({ __typename: 'Project', id: projectId })
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect(await readWith({})).not.toEqual({ __typename: 'Project', id: projectId })
  expect(warn.mock.calls.join()).toContain('Cannot match')
  warn.mockRestore()
  expect(possibleTypes.Error).toContain('ApprovalRequiredError')
  expect(possibleTypes.UpdateFeatureFlagResult).toEqual(expect.arrayContaining(['FeatureFlag', 'ApprovalRequiredError']))
})

it.each(badKeys)('says UNAUTHENTICATED with %s', async (_, key) => {
  const options = { query: list, variables: { project: '1' } }
  const refusal = { path: ['eligibleFeatureFlags'], code: 'UNAUTHENTICATED' }
  const { error } = await apollo(key).query({ ...options, errorPolicy: 'all' })
  expect(refusalsIn(error)).toEqual([refusal])
  // By default, the client throws.
  await expect(apollo(key).query(options).catch(refusalsIn)).resolves.toEqual([refusal])
})

it('gives what was answered beside what was rejected, when its error policy is all', async () => {
  const { user, projectId } = await seedShop(1)
  const client = apollo(await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  const options = { query: statsAndFlags, variables: { project: projectId } }
  const refusal = { path: ['stats'], code: 'FORBIDDEN', requiredScope: 'experiment:read' }
  await expect(client.query(options).catch(refusalsIn)).resolves.toEqual([refusal])
  const { data, error } = await client.query({ ...options, errorPolicy: 'all' })
  expect(data).toMatchObject({ stats: null, eligibleFeatureFlags: { nodes: [{ key: 'flag-00' }] } })
  expect(refusalsIn(error)).toEqual([refusal])
  const ignored = await client.query({ ...options, errorPolicy: 'ignore', fetchPolicy: 'no-cache' })
  expect(ignored.data).toMatchObject({ stats: null, eligibleFeatureFlags: { nodes: [{ key: 'flag-00' }] } })
})

it.each(mistakes)('names the argument %s that is wrong', async (argument, variables) => {
  const { key, projectId } = await seedShop(1)
  const { error } = await apollo(key).query({ query: list, variables: { project: projectId, ...variables }, errorPolicy: 'all' })
  expect(refusalsIn(error)).toMatchObject([{ code: 'BAD_USER_INPUT', argument }])
})

it('says when to come back after too many requests', async () => {
  const { key, projectId } = await seedShop(1)
  const ask = () => apollo(key, limitedUrl).query({ query: list, variables: { project: projectId }, errorPolicy: 'all' })
  expect((await ask()).error).toBeUndefined()
  expect(refusalsIn((await ask()).error)).toEqual([{ code: 'RATE_LIMITED', retryAfter: expect.any(Number) }])
})

it('answers a mutation by a member of its union', async () => {
  const tenant = await seedShop(1)
  const client = apollo(tenant.key)
  const { data } = await client.query({ query: list, variables: { project: tenant.projectId } })
  const id = data?.eligibleFeatureFlags?.edges[0]?.node.id
  const change = async (input: object) =>
    (await client.mutate({ mutation: update, variables: { input: { id, ...input } } })).data?.updateFeatureFlag as UpdateResult

  expect(await change({ name: 'New' })).toEqual({ __typename: 'FeatureFlag', id, name: 'New' })
  expect(await change({ key: 'no spaces, please' })).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['key'] }] })
  expect(await change({ version: 99, name: 'Late' })).toMatchObject({ __typename: 'InvalidStateError', code: 'INVALID_STATE' })
  expect(await change({ id: '2000000000' })).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' })

  await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [await seedColleague(db, tenant)])
  const required = await change({ active: false })
  if (required.__typename !== 'ApprovalRequiredError') throw new Error(`It was ${required.__typename}.`)
  const { id: request } = required.changeRequest
  expect(await change({ active: false })).toMatchObject({ __typename: 'ChangeRequestPendingError', changeRequest: { id: request } })
})

it('rejects a mutation as a whole when the key may not write', async () => {
  const { user, projectId } = await seedShop(1)
  const client = apollo(await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  const { data } = await client.query({ query: list, variables: { project: projectId } })
  const input = { id: data?.eligibleFeatureFlags?.edges[0]?.node.id, name: 'Mine' }
  const answer = await client.mutate({ mutation: update, variables: { input }, errorPolicy: 'all' })
  expect(answer.data).toBeNull()
  expect(refusalsIn(answer.error)).toMatchObject([{ code: 'FORBIDDEN', requiredScope: 'feature_flag:write' }])
})

it('follows a subscription over HTTP, in parts of one answer, and its cache follows too', async () => {
  const { key, projectId, project } = await seedShop(1)
  const flag = await db.featureFlag.findFirstOrThrow({ where: { projectId: project.id } })
  const experiment = await seedExperiment(db, flag)
  const id = globalId('Experiment', experiment.id)
  const client = apollo(key)
  const query = gql('query Shown($id: ID!) { node(id: $id) { id ... on Experiment { name } } }')
  await client.query({ query, variables: { id } })
  const follow = gql(`subscription Follow($project: ID!) { experimentUpdated(projectId: $project) { id name } }`)
  const seen: unknown[] = []
  const subscription = client.subscribe({ query: follow, variables: { project: projectId } }).subscribe((result) => seen.push(result))
  await vi.waitFor(() => expect(server.openSubscriptions()).toBe(1), patience)
  const rename = gql(`mutation ($input: UpdateExperimentInput!) { updateExperiment(input: $input) { __typename } }`)
  for (const name of ['One', 'Größe “XL” 👟']) {
    await apollo(key).mutate({ mutation: rename, variables: { input: { id, name } } })
    await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ data: { experimentUpdated: { id, name } } }), patience)
    expect(client.readQuery({ query, variables: { id } })).toMatchObject({ node: { name } })
  }
  subscription.unsubscribe()
  await vi.waitFor(() => expect(server.openSubscriptions()).toBe(0), patience)
  expect(seen).toHaveLength(2)
})

it('hears why a subscription over HTTP is refused, or ends', async () => {
  const { key, user, projectId } = await seedShop(1)
  const follow = gql(`subscription Follow($project: ID!) { experimentUpdated(projectId: $project) { id } }`)
  const end = (with_: string) => firstValueFrom(apollo(with_).subscribe({ query: follow, variables: { project: projectId } }))
  const narrow = await seedKey(db, user, { scopes: ['feature_flag:read'] })
  expect(refusalsIn((await end(narrow)).error)).toMatchObject([{ code: 'FORBIDDEN', requiredScope: 'experiment:read' }])
  const ended = end(key).catch((error: Error) => error.name)
  await vi.waitFor(() => expect(server.openSubscriptions()).toBe(1), patience)
  await server.stopListening()
  expect(await ended).toBe('EmptyError')
})
