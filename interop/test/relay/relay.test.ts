import { commitMutation, fetchQuery, type GraphQLTaggedNode, type Variables } from 'relay-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeGlobalId } from '../../../src/platform/globalId.ts'
import { seedColleague, seedPolicy } from '../../../test/support/approvals.ts'
import { listen } from '../../../test/support/listen.ts'
import { seedFlag, seedKey } from '../../../test/support/seed.ts'
import { seedTenant, testServer } from '../../../test/support/testServer.ts'
import { type Artifacts, compile, noCompiler } from './compile.ts'
import { relayEnvironment, showFlags } from './showFlags.ts'

// Relay's compiler accepts our schema, and Relay's runtime pages through its lists over HTTP.

if (noCompiler !== null) console.warn(noCompiler)

describe.skipIf(noCompiler !== null)('Relay', async () => {
  const server = await testServer()
  const { db } = server
  const url = await listen(server.server)
  let artifacts: Artifacts
  beforeAll(async () => {
    artifacts = await compile()
    return artifacts.remove
  })

  /** Creates a project with 23 flags. All but one are eligible. Returns the keys of those in order. */
  async function seedProject() {
    const tenant = await seedTenant(db)
    const keys = Array.from({ length: 22 }, (_, index) => `flag-${String.fromCharCode(97 + index)}`)
    // Created in another order than the list's.
    for (const key of [...keys.slice(9), ...keys.slice(0, 9)]) await seedFlag(db, tenant.project, { key, createdById: tenant.user.id })
    await seedFlag(db, tenant.project, { key: 'flag-without-variants', filters: { groups: [] } })
    return { ...tenant, keys, id: encodeGlobalId('Project', tenant.project.id) }
  }

  it('loads every flag once, forwards', async () => {
    const { key, keys, id } = await seedProject()
    const list = await showFlags(relayEnvironment(url, key), artifacts, { project: id, first: 5 })
    expect(list.keys()).toEqual(keys.slice(0, 5))
    let pages = 1
    for (; list.shown().pageInfo.hasNextPage; pages++) await list.load('forward', 5)
    expect(pages).toBe(5)
    expect(list.keys()).toEqual(keys)
    expect(new Set(list.shown().edges.map(({ node }) => node.__id)).size).toBe(22)
  })

  it('loads every flag once, backwards', async () => {
    const { key, keys, id } = await seedProject()
    const list = await showFlags(relayEnvironment(url, key), artifacts, { project: id, last: 4 })
    expect(list.keys()).toEqual(keys.slice(-4))
    expect(list.shown().pageInfo.hasNextPage).toBe(false)
    let pages = 1
    for (; list.shown().pageInfo.hasPreviousPage; pages++) await list.load('backward', 4)
    expect(pages).toBe(6)
    expect(list.keys()).toEqual(keys)
  })

  it('starts in the middle, and loads both ways', async () => {
    const { key, keys, id } = await seedProject()
    const environment = relayEnvironment(url, key)
    const start = await showFlags(environment, artifacts, { project: id, first: 10 })
    const { cursor = '' } = start.shown().edges.at(-1) ?? {}

    const list = await showFlags(relayEnvironment(url, key), artifacts, { project: id, first: 3, after: cursor })
    expect(list.keys()).toEqual(keys.slice(10, 13))
    while (list.shown().pageInfo.hasNextPage) await list.load('forward', 4)
    while (list.shown().pageInfo.hasPreviousPage) await list.load('backward', 4)
    expect(list.keys()).toEqual(keys)
  })

  it('refetches a flag through node, and the list shows what has changed', async () => {
    const { key, keys, id, project } = await seedProject()
    const environment = relayEnvironment(url, key)
    const list = await showFlags(environment, artifacts, { project: id, first: 5 })
    const flag = list.shown().edges[2]?.node
    await db.featureFlag.updateMany({ where: { projectId: project.id, key: keys[2] ?? '' }, data: { key: 'renamed', name: 'Elsewhere' } })
    expect(list.keys()[2]).toBe(keys[2])

    await query(environment, 'FlagsRefetchQuery', { id: flag?.__id })
    const record = environment
      .getStore()
      .getSource()
      .get(flag?.__id ?? '')
    expect(record).toMatchObject({ __typename: 'FeatureFlag', id: flag?.__id, name: 'Elsewhere', active: true })

    const nodes = await query(environment, 'FlagsNodesQuery', { ids: [flag?.__id, id, encodeGlobalId('User', 2_000_000_000)] })
    expect(nodes).toEqual({
      nodes: [{ __typename: 'FeatureFlag', id: flag?.__id, key: 'renamed' }, { __typename: 'Project', id, name: project.name }, null],
    })
    expect(list.keys().slice(0, 4)).toEqual([keys[0], keys[1], 'renamed', keys[3]])
  })

  it('shows what a mutation changed, and tells what needs approval', async () => {
    const tenant = await seedProject()
    const environment = relayEnvironment(url, tenant.key)
    const list = await showFlags(environment, artifacts, { project: tenant.id, first: 5 })
    const id = list.shown().edges[0]?.node.__id ?? ''
    const change = (input: object) =>
      new Promise((resolve, reject) =>
        commitMutation(environment, {
          mutation: artifacts.request('FlagsRenameMutation') as unknown as GraphQLTaggedNode,
          variables: { input: { id, ...input } },
          onCompleted: resolve,
          onError: reject,
        }),
      )

    expect(await change({ name: 'First' })).toEqual({ updateFeatureFlag: { __typename: 'FeatureFlag', id, name: 'First' } })
    expect(environment.getStore().getSource().get(id)).toMatchObject({ name: 'First' })

    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [await seedColleague(db, tenant)])
    expect(await change({ active: false })).toEqual({
      updateFeatureFlag: {
        __typename: 'ApprovalRequiredError',
        code: 'APPROVAL_REQUIRED',
        message: expect.any(String),
        changeRequest: { id: expect.any(String) },
      },
    })
    expect(environment.getStore().getSource().get(id)).toMatchObject({ active: true })
  })

  it('catches the error of one field where a component does so', async () => {
    const { user, id, project } = await seedProject()
    const environment = relayEnvironment(url, await seedKey(db, user, { scopes: ['feature_flag:read'] }))
    expect(await query(environment, 'FlagsCatchQuery', { project: id })).toEqual({
      project: {
        name: project.name,
        experimentStats: { ok: false, errors: [{ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } }] },
      },
    })
  })

  function query(environment: ReturnType<typeof relayEnvironment>, name: string, variables: Variables): Promise<unknown> {
    return fetchQuery(environment, artifacts.request(name) as unknown as GraphQLTaggedNode, variables).toPromise()
  }
})
