import { beforeEach, describe, expect, it } from 'vitest'
import { getErrors } from '../../support/lists.ts'
import { seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
let stranger: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
  stranger = await seedTenant(db)
})

const day = (n: number) => new Date(Date.UTC(2026, 9, 1 + Math.floor(n / 2)))
const inProject = (data: object = {}, { project } = tenant) => ({ projectId: project.id, name: 'name', ...data })

/** How a thing of each list is made, and its type. */
const lists = [
  { list: 'surveys', type: 'Survey', make: (data: object, of = tenant) => db.survey.create({ data: inProject(data, of) }) },
  { list: 'productTours', type: 'ProductTour', make: (data: object, of = tenant) => db.productTour.create({ data: inProject(data, of) }) },
  {
    list: 'evaluationContexts',
    type: 'EvaluationContext',
    make: (data: object, of = tenant) => db.evaluationContext.create({ data: inProject(data, of) }),
  },
] as const

describe.each(lists)('$list', ({ list, type, make }) => {
  const ask = (args: string, key = tenant.key, projectId = tenant.project.id) =>
    run(
      key,
      `{ list: ${list}(projectId: ${projectId}${args}) { totalCount nodes { id name } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } }`,
    )
  const names = async (args = '') => {
    const { data, errors } = await ask(args)
    expect(errors).toBeUndefined()
    return data.list.nodes.map(({ name }: { name: string }) => name)
  }

  it('are listed the newest first, in pages both ways', async () => {
    for (let n = 0; n < 5; n++) await make({ name: `n${n}`, createdAt: day(n) })
    await make({ name: 'theirs' }, stranger)
    const whole = await names()
    expect([...whole].sort()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4'])
    expect(whole[0]).toBe('n4')
    expect(whole.at(-1)).toMatch(/n[01]/)
    const forwards: string[] = []
    for (let after = '', more = true; more; ) {
      const { data } = await ask(`, first: 2${after}`)
      forwards.push(...data.list.nodes.map(({ name }: { name: string }) => name))
      after = `, after: "${data.list.pageInfo.endCursor}"`
      more = data.list.pageInfo.hasNextPage
    }
    const backwards: string[] = []
    for (let before = '', more = true; more; ) {
      const { data } = await ask(`, last: 2${before}`)
      backwards.unshift(...data.list.nodes.map(({ name }: { name: string }) => name))
      before = `, before: "${data.list.pageInfo.startCursor}"`
      more = data.list.pageInfo.hasPreviousPage
    }
    expect([forwards, backwards]).toEqual([whole, whole])
  })

  it('are searched by name, regardless of case', async () => {
    for (const name of ['checkout', 'check 50%', 'other']) await make({ name })
    expect((await names(', search: "CHECK"')).sort()).toEqual(['check 50%', 'checkout'])
    expect(await names(', search: "%"')).toEqual(['check 50%'])
    expect(await names(', search: "nothing"')).toEqual([])
    expect(await names(', search: ""')).toHaveLength(3)
    expect(getErrors(await ask(`, search: "${'a'.repeat(401)}"`))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'search' }])
    expect((await ask(', search: "check", first: 1')).data.list.totalCount).toBe(2)
  })

  it('are read by id, by those who may', async () => {
    const [mine, theirs] = [await make({}), await make({}, stranger)]
    const node = (key: string, id: string) => run(key, `{ node(id: "${globalId(type, id)}") { ... on ${type} { name } } }`)
    expect((await node(tenant.key, mine.id)).data.node).toEqual({ name: 'name' })
    for (const id of [theirs.id, crypto.randomUUID()]) {
      expect(await node(tenant.key, id)).toEqual({ data: { node: null } })
    }
    const without = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    for (const id of [mine.id, crypto.randomUUID()]) {
      expect(getErrors(await node(without, id))).toEqual([{ code: 'FORBIDDEN', argument: undefined }])
    }
    expect(getErrors(await ask('', without))).toEqual([{ code: 'FORBIDDEN', argument: undefined }])
    expect(getErrors(await ask('', stranger.key))).toEqual([{ code: 'NOT_FOUND', argument: undefined }])
  })
})

describe('the surveys and product tours of a flag', () => {
  it('are told with their roles', async () => {
    const flag = await seedFlag(db, tenant.project)
    const survey = (name: string, data: object) => db.survey.create({ data: inProject({ name, ...data }) })
    await survey('targets', { targetingFlagId: flag.id })
    await survey('targets inside', { internalTargetingFlagId: flag.id, archived: true, url: 'https://example.com' })
    await survey('samples', { internalResponseSamplingFlagId: flag.id })
    await survey('linked', { linkedFlagId: flag.id, targetingFlagId: flag.id })
    await survey('unrelated', {})
    await db.productTour.create({ data: inProject({ name: 'tour', internalTargetingFlagId: flag.id }) })
    const fields = 'surveys { role survey { name url archived } } productTours { name url archived }'
    const { data } = await run(tenant.key, `{ featureFlag(id: ${flag.id}) { ${fields} } }`)
    const told = data.featureFlag.surveys.map(({ role, survey }: { role: string; survey: { name: string } }) => `${role} ${survey.name}`)
    expect(told.sort()).toEqual([
      'INTERNAL_TARGETING targets inside',
      'LINKED linked',
      'RESPONSE_SAMPLING samples',
      'TARGETING linked',
      'TARGETING targets',
    ])
    expect(data.featureFlag.surveys).toContainEqual({
      role: 'INTERNAL_TARGETING',
      survey: { name: 'targets inside', url: 'https://example.com', archived: true },
    })
    expect(data.featureFlag.productTours).toEqual([{ name: 'tour', url: null, archived: false }])
  })
})

describe('the flags of an evaluation context', () => {
  it('are in pages, the newest first, without deleted ones', async () => {
    const context = await db.evaluationContext.create({ data: inProject({ name: 'app' }) })
    for (const [n, data] of [{}, {}, { active: false, archived: true }, { deleted: true }].entries()) {
      const flag = await seedFlag(db, tenant.project, { key: `key-${n}-${tenant.project.id}`, createdAt: day(2 * n), ...data })
      await db.featureFlagEvaluationContext.create({ data: { featureFlagId: flag.id, evaluationContextId: context.id } })
    }
    await seedFlag(db, tenant.project)
    const query = `query ($after: String) { evaluationContexts(projectId: ${tenant.project.id}) { nodes { featureFlags(first: 2, after: $after) {
      totalCount nodes { key } pageInfo { endCursor hasNextPage } } } } }`
    const flags = async (after: string | null) => (await run(tenant.key, query, { after })).data.evaluationContexts.nodes[0].featureFlags
    const first = await flags(null)
    const keys = [2, 1, 0].map((n) => ({ key: `key-${n}-${tenant.project.id}` }))
    expect([first.totalCount, first.nodes, first.pageInfo.hasNextPage]).toEqual([3, keys.slice(0, 2), true])
    expect((await flags(first.pageInfo.endCursor)).nodes).toEqual(keys.slice(2))
  })
})
