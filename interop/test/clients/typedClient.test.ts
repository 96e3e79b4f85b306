import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { Client, fetchExchange } from '@urql/core'
import { GraphQLClient } from 'graphql-request'
import { expect, it } from 'vitest'
import { draftExperiment, flagsForAnExperiment, launchExperiment, overview } from '../../../examples/typed-client/documents.ts'
import { typedClient } from '../../../examples/typed-client/typedClient.ts'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { seedKey } from '../../../test/support/seed.ts'
import { clientServer } from './clientServer.ts'
import { headers } from './operations.ts'

// Sends the documents that @graphql-codegen/client-preset generated from schema.graphql to a server. types.test.ts checks their types.

const { db, url, limitedUrl, seedShop } = await clientServer()

it('pages to the end', async () => {
  const { key, keys, projectId } = await seedShop()
  const execute = typedClient({ url, key })
  const read = async (after: string | null) => {
    const { data, errors } = await execute(flagsForAnExperiment, { project: projectId, first: 5, after })
    expect(errors).toBeUndefined()
    return data?.eligibleFeatureFlags
  }
  let page = await read(null)
  const pages = [page]
  while (page?.pageInfo.hasNextPage) {
    page = await read(page.pageInfo.endCursor)
    pages.push(page)
  }
  expect(pages.map((page) => page?.nodes.map((flag) => flag.key))).toEqual([keys.slice(0, 5), keys.slice(5, 10), keys.slice(10)])
  expect(pages[0]?.nodes[0]).toEqual({
    key: 'flag-00',
    evaluationRuntime: 'ALL',
    variants: [
      { key: 'control', rolloutPercentage: 50 },
      { key: 'test', rolloutPercentage: 50 },
    ],
  })
})

it('has its documents sent by every client', async () => {
  const { key, project, projectId } = await seedShop(1)
  const expected = { viewer: { projects: { nodes: [{ id: projectId, name: project.name }] } } }
  const urql = new Client({ url, exchanges: [fetchExchange], fetchOptions: { headers: headers(key) }, preferGetMethod: false })
  const apollo = new ApolloClient({ link: new HttpLink({ uri: url, headers: headers(key) }), cache: new InMemoryCache() })
  const graphqlRequest = new GraphQLClient(url, { headers: headers(key) })

  expect((await urql.query(overview, {})).data).toMatchObject(expected)
  expect((await apollo.query({ query: overview })).data).toMatchObject(expected)
  expect(await graphqlRequest.request(overview)).toMatchObject(expected)
})

it.each(['', 'phx_nobody'])('says UNAUTHENTICATED with the key "%s"', async (key) => {
  const { data, errors } = await typedClient({ url, key })(overview, {})
  expect(data).toEqual({ viewer: null })
  expect(errors).toMatchObject([{ path: ['viewer'], extensions: { code: 'UNAUTHENTICATED' } }])
})

it('gives what was answered beside what was rejected', async () => {
  const { user, project, projectId } = await seedShop(1)
  const key = await seedKey(db, user, { scopes: ['feature_flag:read'] })
  const { data, errors } = await typedClient({ url, key })(overview, {})
  expect(data?.viewer?.projects.nodes).toEqual([{ id: projectId, name: project.name, experimentStats: null }])
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } }])
})

it('names the argument that is wrong', async () => {
  const { key, projectId } = await seedShop(1)
  const { data, errors } = await typedClient({ url, key })(flagsForAnExperiment, { project: projectId, first: 5, after: 'nowhere' })
  expect(data).toEqual({ eligibleFeatureFlags: null })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } }])
})

it('says when to come back after too many requests', async () => {
  const { key } = await seedShop(1)
  const execute = typedClient({ url: limitedUrl, key })
  expect((await execute(overview, {})).errors).toBeUndefined()
  expect((await execute(overview, {})).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }])
})

it('answers mutations by members of their unions', async () => {
  const tenant = await seedShop(1)
  const execute = typedClient({ url, key: tenant.key })
  const draft = async (name: string) =>
    (await execute(draftExperiment, { input: { projectId: tenant.projectId, name, featureFlagKey: 'checkout' } })).data?.createExperiment
  const launch = async (id: string) => (await execute(launchExperiment, { id })).data?.launchExperiment

  expect(await draft('')).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['name'] }] })
  const experiment = await draft('One-click checkout')
  if (experiment?.__typename !== 'Experiment') throw new Error(`It was ${experiment?.__typename}.`)
  expect(experiment).toMatchObject({ status: 'DRAFT', featureFlag: { key: 'checkout' } })

  const colleague = await seedColleague(db, tenant)
  const policy = await seedPolicy(db, tenant, 'EXPERIMENT_LAUNCH', [colleague])
  const required = await launch(experiment.id)
  if (required?.__typename !== 'ApprovalRequiredError') throw new Error(`It was ${required?.__typename}.`)
  expect(required.requiredApprovers).toEqual({ quorum: 1, users: [{ email: colleague.user.email }] })
  const pending = await launch(experiment.id)
  if (pending?.__typename !== 'ChangeRequestPendingError') throw new Error(`It was ${pending?.__typename}.`)
  expect(pending).toMatchObject({ requestedByViewer: true, changeRequest: { id: required.changeRequest.id } })

  await db.approvalPolicy.update({ where: { id: policy.id }, data: { enabled: false } })
  expect(await launch(experiment.id)).toMatchObject({ __typename: 'Experiment', status: 'RUNNING', startDate: '2026-11-20T12:00:00.000Z' })
  expect(await launch(experiment.id)).toMatchObject({ __typename: 'InvalidStateError', state: 'RUNNING' })
  expect(await launch('2000000000')).toMatchObject({ __typename: 'NotFoundError' })
})
