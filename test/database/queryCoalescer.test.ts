import fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { coalesceQuery } from '../../src/database/queryCoalescer.ts'
import { compareCodePoints } from '../../src/platform/text/compareCodePoints.ts'
import { controlAndTest, seedEvent, seedExperiment, seedFlag, seedKey, seedProject, seedUser } from '../support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../support/testServer.ts'

// Requests that are under way at once share statements. Each is to be answered as if it were alone.

const { db, run, time, statements, countStatements } = await testServer()
const lastUsedAt = time.now

async function tenantWithData(name: string) {
  const tenant = await seedTenant(db)
  const projects = [tenant.project, await seedProject(db, tenant.organization)]
  const flags = []
  for (const project of projects) {
    for (let n = 0; n < 6; n++) {
      const data = {
        key: `flag-${n}`,
        name: `${name} ${n}`,
        createdById: tenant.user.id,
        ...(n % 3 === 2 ? {} : { filters: controlAndTest }),
      }
      const flag = await seedFlag(db, project, data)
      if (n % 2 === 0) await seedExperiment(db, flag, { name: `${name} ${n}`, startDate: new Date(`2026-11-${10 + n}`) })
      flags.push(flag)
    }
    await seedEvent(db, project, 'seen', '2026-11-19T00:00:00Z')
  }
  const keys = [
    await seedKey(db, tenant.user, { lastUsedAt }),
    await seedKey(db, tenant.user, { lastUsedAt, scopes: ['feature_flag:read'] }),
    await seedKey(db, tenant.user, { lastUsedAt, scopedProjects: [tenant.project.id] }),
    await seedKey(db, await seedUser(db, tenant.organization), { lastUsedAt }),
  ]
  return { ...tenant, projects, flags, keys }
}

const tenants = [await tenantWithData('ours'), await tenantWithData('theirs')]
const projectIds = tenants.flatMap(({ projects }) => projects.map(({ id }) => id))
const flagIds = tenants.flatMap(({ flags }) => flags.map(({ id }) => globalId('FeatureFlag', id)))

const flagFields = 'databaseId key name filters createdBy { email } experiments(first: 2) { nodes { name status } } evaluationContexts'
const key = fc.constantFrom(...tenants.flatMap(({ keys }) => keys), 'phx_nobodys')
const project = fc.constantFrom(...projectIds, 2_000_000_000).map(String)
const of = (query: string, variables: fc.Arbitrary<Record<string, unknown>>) => fc.record({ key, query: fc.constant(query), variables })

const request = fc.oneof(
  of(
    `query ($project: ID!, $first: Int, $search: String) { eligibleFeatureFlags(projectId: $project, first: $first, search: $search) {
      totalCount nodes { ${flagFields} } pageInfo { hasNextPage endCursor }
    } }`,
    fc.record({ project, first: fc.constantFrom(1, 3), search: fc.constantFrom(null, '1', 'ours') }),
  ),
  of(
    `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag { ${flagFields} experimentEligibility { reasons } } } }`,
    fc.record({ ids: fc.array(fc.constantFrom(...flagIds), { maxLength: 5 }) }),
  ),
  of('query ($project: ID!) { stats(projectId: $project) { launchedLast30d activeExperiments } }', fc.record({ project })),
  of(
    `query ($project: ID!, $events: [String!]) { requiresFlagImplementation(projectId: $project, events: $events, anyEvent: true) {
      required events { event sampled }
    } }`,
    fc.record({ project, events: fc.constantFrom([], ['seen'], ['seen', 'never']) }),
  ),
  of('{ viewer { user { email } scopes projects { nodes { name eligibleFeatureFlags(first: 2) { nodes { key } } } } } }', fc.constant({})),
)

/** Errors stand in the order in which they are found, which the specification leaves open. It depends on what else is under way. */
function inOrder(answer: Answer): Answer {
  const byPath = answer.errors?.toSorted((a, b) => compareCodePoints(JSON.stringify(a.path), JSON.stringify(b.path)))
  return byPath ? { ...answer, errors: byPath } : answer
}

describe('requests at the same moment', () => {
  it('are answered as each is alone, whoever sends the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 40 }), async (requests) => {
        const ask = async (one: (typeof requests)[number]) => inOrder(await run(one.key, one.query, one.variables))
        const alone: Answer[] = []
        for (const one of requests) alone.push(await ask(one))
        expect(await Promise.all(requests.map(ask))).toEqual(alone)
      }),
      { numRuns: 25 },
    )
  })

  it('take hardly more statements than one', async () => {
    const [tenant] = tenants
    const ask = (id: number, as = 0) =>
      run(tenant?.keys[as] ?? null, `{ eligibleFeatureFlags(projectId: ${id}, first: 3) { totalCount nodes { ${flagFields} } } }`)
    const one = await countStatements(() => ask(tenant?.project.id ?? 0))
    // Two keys that may see the same.
    const all = () => Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => ask(tenant?.projects[n % 2]?.id ?? 0, n < 4 ? 0 : 3)))
    // Eight times as many by themselves. Who comes a moment later than the others shares with those who do, too.
    expect(await countStatements(all), statements.join('\n')).toBeLessThanOrEqual(2 * one)
  })

  it('see what was written before they came, though another that came earlier is still under way', async () => {
    const { user, project: home } = await seedTenant(db)
    const gone = await seedKey(db, user, { lastUsedAt })
    const ask = () => run(gone, `{ stats(projectId: ${home.id}) { activeExperiments } }`)
    const earlier = ask()
    const deleted = db.personalApiKey.deleteMany({ where: { userId: user.id, label: { not: '' } } })
    const later = deleted.then(ask)
    expect((await earlier).data).not.toBeUndefined()
    expect((await later).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
  })
})

describe('askTogether', () => {
  const logged: string[] = []
  const asker = { db, log: pino({}, { write: (line: string) => void logged.push(line) }) }
  const answers = (items: readonly number[]) => Promise.resolve(new Map(items.map((item) => [item, `${item}, with ${items.length}`])))

  it('reads each item once, for whoever asks about it', async () => {
    const asked = [[1, 2], [2, 3], [1]].map((items) => coalesceQuery(asker, 'numbers', items, answers))
    expect((await Promise.all(asked)).map((answer) => answer.get(2))).toEqual(Array(3).fill('2, with 3'))
  })

  it('keeps different questions apart', async () => {
    const [one, other] = await Promise.all(['one', 'other'].map((question) => coalesceQuery(asker, question, [1], answers)))
    expect([one?.get(1), other?.get(1)]).toEqual(['1, with 1', '1, with 1'])
  })

  it('asks anew when the answer is there, and while it is on its way', async () => {
    let times = 0
    const count = () => Promise.resolve(++times)
    const first = coalesceQuery(asker, 'count', [1], async () => {
      const inside = coalesceQuery(asker, 'count', [1], count)
      return [await count(), await inside]
    })
    expect(await first).toEqual([1, 2])
    expect(await coalesceQuery(asker, 'count', [1], count)).toBe(3)
  })

  it('lets nobody fail by the fault of another', async () => {
    const read = (items: readonly number[]) => (items.includes(0) ? Promise.reject(new Error('Nothing goes by 0.')) : answers(items))
    const asked = [[0, 1], [1], [2]].map((items) => coalesceQuery(asker, 'fault', items, read))
    const [wrong, ...right] = await Promise.allSettled(asked)
    expect(wrong).toMatchObject({ status: 'rejected', reason: new Error('Nothing goes by 0.') })
    expect(right.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(logged.join('\n')).toContain('Nothing goes by 0.')
  })

  it('lets nobody wait for one who asks about very many, or with very many others', async () => {
    const many = Array.from({ length: 101 }, (_, n) => n)
    const asked = [many, [1], [2]].map((items) => coalesceQuery(asker, 'many', items, answers))
    expect((await Promise.all(asked)).map((answer) => answer.size)).toEqual([101, 2, 2])
    const crowd = await Promise.all(many.map((item) => coalesceQuery(asker, 'crowd', [item], answers)))
    expect(Math.max(...crowd.map(({ size }) => size))).toBe(16)
  })

  it('asks once for all who ask for the same at once, however many they are', async () => {
    let times = 0
    const load = (items: readonly number[]) => Promise.resolve(`${items.join()} at the time ${++times}`)
    const asked = Array.from({ length: 1_000 }, (_, n) => coalesceQuery(asker, 'the same', [n % 2], load))
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['0,1 at the time 1']))
  })
})
