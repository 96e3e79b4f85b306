import { afterAll, describe, expect, it } from 'vitest'
import { listen } from '../../../examples/listen.ts'
import { compose } from '../../../examples/supergraph/compose.ts'
import { createPages } from '../../../examples/supergraph/pages/createPages.ts'
import type { Page } from '../../../examples/supergraph/pages/Page.ts'
import { createNodeHandler } from '../../../src/server/nodeHandler.ts'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { controlAndTest, seedEvent, seedExperiment, seedFlag, seedKey, seedProject } from '../../../test/support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../../../test/support/testServer.ts'
import { type Ask, apolloGateway, hiveGateway } from '../support/gateways.ts'

// Real gateways in front of two subgraphs that listen on ports: the service, and the pages of the example.

const { db, server, statements, clearStatements: forget, time } = await testServer({ federatedNode: 'shared' })

const tenant = await seedTenant(db)
const { project } = tenant
const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
const flag = await seedFlag(db, project, { key: 'checkout-button', createdById: tenant.user.id })
const experiment = await seedExperiment(db, flag, { name: 'The last button', startDate: new Date('2026-11-10') })
await seedEvent(db, project, 'seen', '2026-11-19T00:00:00Z')
const theirs = await seedTenant(db)
const hidden = await seedExperiment(db, await seedFlag(db, theirs.project, { key: 'hidden' }))

const pageOf = (id: number, path: string, data: Partial<Page> = {}): Page => ({
  id,
  path,
  title: path.slice(1),
  publishedAt: new Date('2026-11-01T00:00:00Z'),
  layout: { columns: 2 },
  projectId: globalId('Project', project.id),
  flagKey: flag.key,
  experimentId: experiment.id,
  ...data,
})
const rows = [
  pageOf(1, '/checkout'),
  pageOf(2, '/about', { flagKey: null, experimentId: null }),
  pageOf(3, '/lost', { flagKey: 'no-such-flag', experimentId: 2_000_000_000 }),
  pageOf(4, '/theirs', { projectId: globalId('Project', theirs.project.id), flagKey: 'hidden', experimentId: hidden.id }),
]

/** 50 pages, each with a project, a flag and an experiment of its own. */
const crowd: Page[] = []
for (let n = 0; n < 50; n++) {
  const own = await seedProject(db, tenant.organization)
  const ownFlag = await seedFlag(db, own, { key: `flag-${n}`, createdById: tenant.user.id })
  const { id } = await seedExperiment(db, ownFlag)
  crowd.push(pageOf(100 + n, `/x/${100 + n}`, { projectId: globalId('Project', own.id), flagKey: ownFlag.key, experimentId: id }))
}

const experiments = await listen(createNodeHandler(server, { compression: true }))
const pages = await listen(createPages([...rows, ...crowd]))
const supergraph = await compose([
  { name: 'experiments', url: experiments.url },
  { name: 'pages', url: pages.url },
])

afterAll(async () => {
  await pages.close()
  await experiments.close()
})
// Hooks run in reverse order, so the gateways close before their subgraphs.
const askHive = await hiveGateway(supergraph)
const askApollo = await apolloGateway(supergraph)

describe.each<[string, Ask]>([
  ["Hive's gateway", askHive],
  ["Apollo's gateway", askApollo],
])('through %s', (_name, ask) => {
  it('a query goes from a page to the flags that its project may use, and to its stats', async () => {
    const { data, errors } = await ask(
      key,
      `query ($path: String!, $project: ID!, $first: Int) {
        page(path: $path) {
          title publishedAt layout
          featureFlag { id databaseId active variants { key } createdBy { email } }
          experiment { name status featureFlag { key } }
          project {
            name
            eligibleFeatureFlags(first: $first) { totalCount nodes { key } pageInfo { hasNextPage } }
            experimentStats { activeExperiments launchedLast30d }
            pages { nodes { path } }
          }
        }
        stats(projectId: $project) { activeExperiments }
      }`,
      { path: '/checkout', project: String(project.id), first: 5 },
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      page: {
        title: 'checkout',
        publishedAt: '2026-11-01T00:00:00.000Z',
        layout: { columns: 2 },
        featureFlag: {
          id: globalId('FeatureFlag', flag.id),
          databaseId: flag.id,
          active: true,
          variants: [{ key: 'control' }, { key: 'test' }],
          createdBy: { email: tenant.user.email },
        },
        experiment: { name: 'The last button', status: 'RUNNING', featureFlag: { key: 'checkout-button' } },
        project: {
          name: project.name,
          eligibleFeatureFlags: { totalCount: 1, nodes: [{ key: 'checkout-button' }], pageInfo: { hasNextPage: false } },
          experimentStats: { activeExperiments: 1, launchedLast30d: 1 },
          pages: { nodes: [{ path: '/about' }, { path: '/checkout' }, { path: '/lost' }] },
        },
      },
      stats: { activeExperiments: 1 },
    })
  })

  it('50 pages with all about their flags, experiments and projects take of us no more statements than there are questions', async () => {
    const list = `query ($first: Int!, $after: String) { pages(first: $first, after: $after) { nodes {
      path
      featureFlag { databaseId key createdBy { email } }
      experiment { name featureFlag { key } }
      project { name eligibleFeatureFlags(first: 2) { totalCount nodes { key } } experimentStats { activeExperiments } }
    } } }`
    const counts: number[] = []
    for (const first of [2, 50]) {
      forget()
      const { data, errors } = await ask(key, list, { first, after: Buffer.from('/x').toString('base64url') })
      expect(errors).toBeUndefined()
      const { nodes } = data.pages
      expect(nodes).toHaveLength(first)
      expect(new Set(nodes.map(({ project }: { project: { name: string } }) => project.name)).size).toBe(first)
      for (const { featureFlag, experiment, project } of nodes) {
        expect(experiment.featureFlag.key).toBe(featureFlag.key)
        expect(project.eligibleFeatureFlags).toEqual({ totalCount: 1, nodes: [{ key: featureFlag.key }] })
      }
      counts.push(statements.length)
    }
    // A flag is read by its key and through its experiment. Whether its creator shares a batch depends on which response comes first.
    expect(Math.max(...counts), statements.join('\n')).toBeLessThanOrEqual(12)
  })

  it('a reference to what is missing, or hidden, is null in its place', async () => {
    const fields = 'path featureFlag { active } experiment { status }'
    // A missing entity makes its non-null fields null too. Hive adds its own error there, because the pages subgraph returned a reference.
    const { data } = await ask(
      key,
      `{ checkout: page(path: "/checkout") { ${fields} } lost: page(path: "/lost") { ${fields} }
      theirs: page(path: "/theirs") { ${fields} } about: page(path: "/about") { ${fields} } }`,
    )
    const nothing = { featureFlag: null, experiment: null }
    expect(data).toEqual({
      checkout: { path: '/checkout', featureFlag: { active: true }, experiment: { status: 'RUNNING' } },
      lost: { path: '/lost', ...nothing },
      theirs: { path: '/theirs', ...nothing },
      about: { path: '/about', ...nothing },
    })
  })

  it.each(['phx_wrong', null])('UNAUTHENTICATED comes through (key: %s), and what needs no key is answered', async (wrong) => {
    const { data, errors } = await ask(wrong, '{ page(path: "/checkout") { path featureFlag { active } } viewer { scopes } }')
    expect(data).toEqual({ page: { path: '/checkout', featureFlag: null }, viewer: null })
    expect(codes(errors)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])
  })

  it('FORBIDDEN comes through with the scope that is missing, from a field and from a reference', async () => {
    const few = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    const { data, errors } = await ask(
      few,
      `{
      page(path: "/checkout") { path featureFlag { active } experiment { name } project { eligibleFeatureFlags { totalCount } } }
      eligibleFeatureFlags(projectId: ${project.id}) { totalCount }
    }`,
    )
    expect(data).toEqual({
      page: { path: '/checkout', featureFlag: null, experiment: { name: 'The last button' }, project: { eligibleFeatureFlags: null } },
      eligibleFeatureFlags: null,
    })
    expect(errors).toHaveLength(3)
    for (const { message, extensions } of errors ?? []) {
      expect(message).toBe("API key missing required scope 'feature_flag:read'")
      expect(extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'feature_flag:read' })
    }
  })

  it('NOT_FOUND and BAD_USER_INPUT come through, with the argument that is wrong and with their paths', async () => {
    const { data, errors } = await ask(
      key,
      `{
      missing: project(id: 2000000000) { name }
      wrong: stats(projectId: "shop") { activeExperiments }
      page(path: "/checkout") { project { eligibleFeatureFlags(after: "nonsense") { totalCount } } }
    }`,
    )
    expect(data).toEqual({ missing: null, wrong: null, page: { project: { eligibleFeatureFlags: null } } })
    const found = new Map(errors?.map(({ path = [], extensions }) => [path.join('.'), extensions]))
    expect([...found.keys()].sort()).toEqual(['missing', 'page.project.eligibleFeatureFlags', 'wrong'])
    expect(found.get('missing')).toMatchObject({ code: 'NOT_FOUND' })
    expect(found.get('wrong')).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'projectId' })
    expect(found.get('page.project.eligibleFeatureFlags')).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'after' })
  })

  it('OPERATION_TOO_EXPENSIVE comes through', async () => {
    const within = (selection: string) => `experiments(first: 100) { nodes { featureFlag { ${selection} } } }`
    const { data, errors } = await ask(key, `{ page(path: "/checkout") { path featureFlag { ${within(within(within('key')))} } } }`)
    expect(data.page).toEqual({ path: '/checkout', featureFlag: null })
    expect(codes(errors)).toContain('OPERATION_TOO_EXPENSIVE')
  })

  it('errors of mutations come through: a guarded change with its change request and approvers', async () => {
    const guarded = await seedTenant(db)
    const approver = await seedColleague(db, guarded)
    await seedPolicy(db, guarded, 'FEATURE_FLAG_UPDATE', [approver])
    const { id } = await seedFlag(db, guarded.project, { key: 'guarded' })
    const change = `mutation ($id: ID!, $filters: JSON!) { updateFeatureFlag(input: { id: $id, filters: $filters }) {
      __typename
      ... on FeatureFlag { version }
      ... on ApprovalRequiredError {
        code actionKey resourceId
        changeRequest { id state requestedBy { email } }
        requiredApprovers { quorum users { email } }
      }
      ... on ChangeRequestPendingError { code requestedByViewer changeRequest { id } }
      ... on ValidationError { fieldErrors { path message } }
      ... on Error { message }
    } }`
    const filters = { ...controlAndTest, groups: [{ properties: [], rollout_percentage: 10 }] }
    const first = await ask(guarded.key, change, { id: globalId('FeatureFlag', id), filters })
    expect(first.errors).toBeUndefined()
    expect(first.data.updateFeatureFlag).toEqual({
      __typename: 'ApprovalRequiredError',
      code: 'APPROVAL_REQUIRED',
      message: expect.any(String),
      actionKey: 'FEATURE_FLAG_UPDATE',
      resourceId: globalId('FeatureFlag', id),
      changeRequest: { id: expect.any(String), state: 'PENDING', requestedBy: { email: guarded.user.email } },
      requiredApprovers: { quorum: 1, users: [{ email: approver.user.email }] },
    })
    const request = first.data.updateFeatureFlag.changeRequest.id

    const second = await ask(guarded.key, change, { id: globalId('FeatureFlag', id), filters })
    expect(second.data.updateFeatureFlag).toMatchObject({
      __typename: 'ChangeRequestPendingError',
      requestedByViewer: true,
      changeRequest: { id: request },
    })
    const wrong = await ask(guarded.key, change, { id: globalId('FeatureFlag', id), filters: 5 })
    expect(wrong.data.updateFeatureFlag).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['filters'] }] })

    const vote = await ask(
      approver.key,
      `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) {
        ... on ApproveChangeRequestSuccess { outcome { __typename ... on ChangeApplied { resourceId resourceVersion } } }
      } }`,
      { id: request },
    )
    expect(vote.data.approveChangeRequest.outcome).toEqual({
      __typename: 'ChangeApplied',
      resourceId: globalId('FeatureFlag', id),
      resourceVersion: 2,
    })
  })

  it("another subgraph's refusals share the Error interface with ours", async () => {
    const { data, errors } = await ask(
      key,
      `mutation { movePage(path: "/about", to: "/checkout") {
        __typename ... on Error { code message } ... on PathTakenError { page { experiment { name } } }
      } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.movePage).toEqual({
      __typename: 'PathTakenError',
      code: 'PATH_TAKEN',
      message: 'A page is at /checkout.',
      page: { experiment: { name: 'The last button' } },
    })
  })

  it('node reads what both subgraphs know, each giving its part', async () => {
    const { data, errors } = await ask(key, 'query ($id: ID!) { node(id: $id) { id ... on Project { name pages { nodes { path } } } } }', {
      id: globalId('Project', project.id),
    })
    expect(errors).toBeUndefined()
    const nodes = [{ path: '/about' }, { path: '/checkout' }, { path: '/lost' }]
    expect(data.node).toEqual({ id: globalId('Project', project.id), name: project.name, pages: { nodes } })
  })
})

it("node and nodes of Hive's gateway ask the subgraph that the id is of", async () => {
  const query = `query ($one: ID!, $ids: [ID!]!) {
      node(id: $one) { ...what }
      nodes(ids: $ids) { ...what }
    }
    fragment what on Node {
      __typename id
      ... on FeatureFlag { key }
      ... on Page { path experiment { name featureFlag { active } } }
    }`
  const pageId = globalId('Page', 1)
  const flagId = globalId('FeatureFlag', flag.id)
  const page = {
    __typename: 'Page',
    id: pageId,
    path: '/checkout',
    experiment: { name: 'The last button', featureFlag: { active: true } },
  }
  const found = { __typename: 'FeatureFlag', id: flagId, key: 'checkout-button' }
  const none = [globalId('Page', 999), globalId('FeatureFlag', 2_000_000_000), globalId('Nothing', 1)]

  const first = await askHive(key, query, { one: pageId, ids: [flagId, none[0], pageId, none[1], flagId, none[2]] })
  expect(first.errors).toBeUndefined()
  expect(first.data).toEqual({ node: page, nodes: [found, null, page, null, found, null] })

  const second = await askHive(key, query, { one: flagId, ids: [] })
  expect(second).toEqual({ data: { node: found, nodes: [] } })

  const third = await askHive(key, query, { one: 'nonsense', ids: [pageId, 'nonsense', flagId] })
  expect(third.data).toEqual({ node: null, nodes: [page, null, found] })
  expect(third.errors?.map(({ path, extensions }) => [path, extensions.code, extensions.argument])).toEqual(
    expect.arrayContaining([
      [['node'], 'BAD_USER_INPUT', 'id'],
      [['nodes', 1], 'BAD_USER_INPUT', 'ids'],
    ]),
  )
})

it("node of Apollo's gateway asks one subgraph, and what that one does not know is null there, not rejected", async () => {
  for (const id of [globalId('Page', 1), globalId('Nothing', 1)]) {
    expect(await askApollo(key, 'query ($id: ID!) { node(id: $id) { id ... on Page { path } } }', { id })).toEqual({ data: { node: null } })
  }
})

const codes = (errors: Answer['errors']) => errors?.map(({ extensions: { code } }) => code)
