import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FeatureFlag, Prisma } from '../../../../src/database/generated/client.ts'
import { askList, compareCodePoints, getErrors, readList } from '../../../support/lists.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject, seedUser } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const server = await testServer()
const { db, run } = server

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

const flag = (data: Partial<Prisma.FeatureFlagUncheckedCreateInput> = {}) => seedFlag(db, tenant.project, data)
const page = (args: Record<string, unknown> = {}) => readList(server, 'eligibleFeatureFlags', tenant, args)
const refused = async (args: Record<string, unknown>) => getErrors(await askList(server, 'eligibleFeatureFlags', tenant, args))
/** Whether the list, as filtered, holds exactly these flags, in any order. */
async function expectListed(flags: { id: number }[], args: Record<string, unknown> = {}) {
  const { ids, totalCount } = await page(args)
  expect([...ids].sort((a, b) => a - b)).toEqual(flags.map(({ id }) => id).sort((a, b) => a - b))
  expect(totalCount).toBe(flags.length)
}

const multivariate = (...variants: unknown[]) => ({ groups: [], multivariate: { variants } }) as Prisma.InputJsonObject
const keyed = (...keys: string[]) => multivariate(...keys.map((key) => ({ key, rollout_percentage: 100 / keys.length })))

describe('what makes a flag eligible', () => {
  it('leaves deleted flags out', async () => {
    await flag({ deleted: true })
    await expectListed([])
  })

  it('wants two variants at least', async () => {
    await flag({ filters: keyed('control') })
    await expectListed([await flag({ filters: keyed('control', 'test') })])
  })

  it('wants the first variant to be exactly control', async () => {
    for (const first of ['Control', 'CONTROL', ' control', 'control ', 'control\n', 'controls', '', 'test']) {
      await flag({ filters: keyed(first, 'test') })
    }
    await flag({ filters: keyed('test', 'control') })
    await expectListed([])
  })

  it('lists flags with more than 20 variants', async () => {
    await expectListed([await flag({ filters: keyed('control', ...Array.from({ length: 24 }, (_, n) => `test-${n}`)) })])
  })

  it('lists flags that are off, archived, remote configuration or already used by experiments', async () => {
    const used = await flag()
    await seedExperiment(db, used)
    await seedExperiment(db, used, { startDate: new Date('2026-01-01') })
    await expectListed([
      used,
      await flag({ active: false }),
      await flag({ active: false, archived: true }),
      await flag({ isRemoteConfiguration: true, hasEncryptedPayloads: true }),
    ])
  })

  it('leaves out the three flags that a survey made for itself, and keeps its linked flag', async () => {
    const [targeting, internal, sampling, linked] = [await flag(), await flag(), await flag(), await flag()]
    await db.survey.create({
      data: {
        projectId: tenant.project.id,
        name: 'survey',
        archived: true,
        targetingFlagId: targeting.id,
        internalTargetingFlagId: internal.id,
        internalResponseSamplingFlagId: sampling.id,
        linkedFlagId: linked.id,
      },
    })
    await expectListed([linked])
  })

  it('leaves out a flag that is linked to one survey and made by another', async () => {
    const both = await flag()
    await db.survey.create({ data: { projectId: tenant.project.id, name: 'one', linkedFlagId: both.id } })
    await db.survey.create({ data: { projectId: tenant.project.id, name: 'other', targetingFlagId: both.id } })
    await expectListed([])
  })

  it('leaves out the flags of product tours, archived ones included', async () => {
    for (const archived of [false, true]) {
      const made = await flag()
      await db.productTour.create({ data: { projectId: tenant.project.id, name: 'tour', archived, internalTargetingFlagId: made.id } })
    }
    await expectListed([])
  })

  it('lists a flag again when the survey that made it is gone', async () => {
    const made = await flag()
    const survey = await db.survey.create({ data: { projectId: tenant.project.id, name: 'survey', targetingFlagId: made.id } })
    await expectListed([])
    await db.survey.delete({ where: { id: survey.id } })
    await expectListed([made])
  })

  it('does not care for surveys and tours of other projects, nor lists their flags', async () => {
    const own = await flag()
    const other = await seedProject(db, tenant.organization)
    const [free, taken] = [await seedFlag(db, other), await seedFlag(db, other)]
    await db.survey.create({ data: { projectId: other.id, name: 'survey', internalTargetingFlagId: taken.id } })
    await db.productTour.create({ data: { projectId: other.id, name: 'tour' } })
    await expectListed([own])
    const there = await readList(server, 'eligibleFeatureFlags', { ...tenant, project: other })
    expect(there.ids).toEqual([free.id])
  })

  it('follows a flag that is changed', async () => {
    const changed = await flag({ filters: keyed('control') })
    await expectListed([])
    await db.featureFlag.update({ where: { id: changed.id }, data: { filters: controlAndTest } })
    await expectListed([changed])
    await db.featureFlag.update({ where: { id: changed.id }, data: { deleted: true } })
    await expectListed([])
  })
})

describe('malformed filters', () => {
  const [control, test] = [{ key: 'control' }, { key: 'test' }]
  const ineligible: Record<string, unknown>[] = [
    {},
    ...[null, [], 'control', '', 7, true, false, {}, [control, test], [{ variants: [control, test] }]].map((value) => ({
      multivariate: value,
    })),
    ...[null, {}, 'control,test', '', 2, true, [], [null], [null, null], ['control', 'test'], { 0: control, 1: test }].map((variants) => ({
      multivariate: { variants },
    })),
    multivariate(control),
    multivariate({}, {}),
    multivariate([control], [test]),
    multivariate(null, control, test),
    multivariate('control', control),
    multivariate({ key: null }, test),
    multivariate({ key: 1 }, { key: 2 }),
    multivariate({ key: true }, test),
    multivariate({ key: ['control'] }, test),
    multivariate({ key: { control: 'control' } }, test),
    multivariate({ Key: 'control' }, test),
    { Multivariate: { variants: [control, test] } },
    { variants: [control, test] },
    ...[null, 'test', [], {}, { key: 5 }, { key: '' }].map((variant) => multivariate(control, variant)),
    ...['100', true, [], {}, -1, 100.5].flatMap((percentage) => [
      multivariate(control, { ...test, rollout_percentage: percentage }),
      { ...multivariate(control, test), groups: [{}, { rollout_percentage: percentage }] },
      { ...multivariate(control, test), holdout: { id: 1, exclusion_percentage: percentage } },
    ]),
    ...[{}, 'all', 5, [null], ['all'], [[]], [{ properties: {} }], [{ aggregation_group_type_index: '0' }]].map((groups) => ({
      ...multivariate(control, test),
      groups,
    })),
    ...['text', [1], 7].flatMap((value) => [
      { ...multivariate(control, test), payloads: value },
      { ...multivariate(control, test), holdout: value },
    ]),
    { ...multivariate(control, test), aggregation_group_type_index: '0' },
  ]
  const eligible: Record<string, unknown>[] = [
    multivariate(control, control),
    { ...multivariate(control, test), groups: null, payloads: null, holdout: null, aggregation_group_type_index: null },
    { ...multivariate(control, test), groups: [{ properties: null, rollout_percentage: null, aggregation_group_type_index: 0 }] },
    { ...multivariate({ ...control, rollout_percentage: null, name: ['n'] }, test), groups: [], payloads: { control: null, test: '{' } },
  ]

  it('never fail the list, and make a flag ineligible only where the rule says so', async () => {
    const create = (filters: Record<string, unknown>) => flag({ filters: filters as Prisma.InputJsonObject })
    for (const filters of ineligible) await create(filters)
    const listed = await Promise.all(eligible.map(create))
    const { data, errors } = await run(
      tenant.key,
      `query ($projectId: ID!) {
        eligibleFeatureFlags(projectId: $projectId, first: 100, orderBy: { field: CREATED_AT, direction: ASC }) {
          totalCount
          nodes {
            databaseId filters rolloutPercentage variants { key name rolloutPercentage payload }
            experimentEligibility { eligible reasons }
          }
        }
      }`,
      { projectId: String(tenant.project.id) },
    )
    expect(errors).toBeUndefined()
    expect(data.eligibleFeatureFlags.totalCount).toBe(eligible.length)
    const nodes: { databaseId: number; filters: unknown; experimentEligibility: unknown }[] = data.eligibleFeatureFlags.nodes
    expect(new Set(nodes.map(({ databaseId }) => databaseId))).toEqual(new Set(listed.map(({ id }) => id)))
    for (const node of nodes) {
      expect(node.filters).toEqual(eligible[listed.findIndex(({ id }) => id === node.databaseId)])
      expect(node.experimentEligibility).toEqual({ eligible: true, reasons: [] })
    }
  })

  it('with numbers greater than a double never fail the list', async () => {
    const huge = await flag()
    await db.$executeRaw`
      UPDATE feature_flags
      SET filters = '{"groups": [{"rollout_percentage": 1e999}],
        "multivariate": {"variants": [{"key": "control", "rollout_percentage": 1e999}, {"key": "test", "rollout_percentage": -1e400}]},
        "payloads": {"control": 1e999, "test": "1e999"}}'
      WHERE id = ${huge.id}`
    const { data, errors } = await run(
      tenant.key,
      `{ node(id: "${globalId('FeatureFlag', huge.id)}") { ... on FeatureFlag {
        rolloutPercentage filters variants { key rolloutPercentage payload } experimentEligibility { reasons } } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.node).toMatchObject({
      rolloutPercentage: null,
      variants: [
        { key: 'control', rolloutPercentage: 0 },
        { key: 'test', rolloutPercentage: 0 },
      ],
      experimentEligibility: { reasons: ['MALFORMED_FILTERS'] },
    })
    await expectListed([])
  })
})

describe('search', () => {
  it('finds text in the key or in the name, whatever its case', async () => {
    const byKey = await flag({ key: 'Checkout-Button', name: 'x' })
    const byName = await flag({ key: 'other', name: 'New CHECKOUT page' })
    await flag({ key: 'third', name: 'check out' })
    for (const search of ['checkout', 'CHECKOUT', 'Checkout', 'heckou']) await expectListed([byKey, byName], { search })
    await expectListed([byName], { search: 'checkout p' })
    await expectListed([], { search: 'checkout-page' })
  })

  it('takes %, _ and \\ as they are', async () => {
    const percent = await flag({ key: 'a', name: '100% of all' })
    const underscore = await flag({ key: 'snake_case', name: '' })
    const backslash = await flag({ key: 'b', name: String.raw`C:\temp\new` })
    const escaped = await flag({ key: 'c', name: String.raw`50\% and \_` })
    await flag({ key: 'snakeXcase', name: '100 of all, C:temp' })
    await expectListed([percent, escaped], { search: '%' })
    await expectListed([percent], { search: '0% ' })
    await expectListed([underscore], { search: 'e_c' })
    await expectListed([backslash, escaped], { search: '\\' })
    await expectListed([backslash], { search: String.raw`:\t` })
    await expectListed([escaped], { search: String.raw`0\%` })
    await expectListed([escaped], { search: String.raw`\_` })
    await expectListed([], { search: String.raw`\\` })
    await expectListed([], { search: '%%' })
  })

  it('knows the case of letters beyond ASCII, and does not strip their accents', async () => {
    const french = await flag({ name: 'ÉTÉ à la carte' })
    const greek = await flag({ name: 'ΑΒΓ' })
    await flag({ name: 'ete a la carte' })
    for (const search of ['été', 'ÉTÉ', 'é', 'É', 'À']) await expectListed([french], { search })
    await expectListed([greek], { search: 'αβγ' })
  })

  it('finds an emoji and a text of 400 characters', async () => {
    const long = await flag({ name: `${'x'.repeat(399)}y😀` })
    await flag({ name: 'x'.repeat(399) })
    await expectListed([long], { search: '😀' })
    await expectListed([long], { search: `${'x'.repeat(399)}y` })
  })

  it('does not find text that lies across key and name', async () => {
    const lines = await flag({ key: 'abc', name: 'def\nghi' })
    await expectListed([], { search: 'c\nd' })
    await expectListed([], { search: 'abc\ndef' })
    await expectListed([lines], { search: 'f\ng' })
    await expectListed([lines], { search: '\n' })
    await expectListed([], { search: 'cd' })
  })

  it('does not take a line break between key and name for one in the name', async () => {
    await flag({ key: 'abc', name: 'def' })
    await expectListed([], { search: '\n' })
  })

  it('filters nothing with empty text, and does not trim', async () => {
    const spaced = await flag({ key: 'one', name: 'two words' })
    const plain = await flag({ key: 'two', name: 'word' })
    await expectListed([spaced, plain], { search: '' })
    await expectListed([spaced], { search: ' ' })
    await expectListed([], { search: ' two' })
    await expectListed([], { search: 'word ' })
  })

  it('rejects more than 400 characters, and text that is no text', async () => {
    for (const search of ['x'.repeat(401), 'a\0b', '\ud800']) {
      expect(await refused({ search })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'search' }])
    }
  })
})

describe('the other filters', () => {
  it('active: switched on, or off', async () => {
    const [on, off] = [await flag(), await flag({ active: false })]
    await expectListed([on], { active: true })
    await expectListed([off], { active: false })
  })

  it('createdByIds: global ids and numbers, also mixed and doubled', async () => {
    const [first, second] = [await seedUser(db, tenant.organization), await seedUser(db, tenant.organization)]
    const byFirst = await flag({ createdById: first.id })
    const bySecond = await flag({ createdById: second.id })
    await flag({ createdById: tenant.user.id })
    await flag()
    await expectListed([byFirst], { createdByIds: [globalId('User', first.id)] })
    await expectListed([byFirst], { createdByIds: [first.id] })
    await expectListed([byFirst, bySecond], { createdByIds: [String(first.id), globalId('User', second.id), first.id] })
  })

  it('createdByIds: nobody for unknown people and for an empty list', async () => {
    await flag({ createdById: tenant.user.id })
    await flag()
    await expectListed([], { createdByIds: [] })
    for (const unknown of ['2147483647', '2147483648', '9007199254740993', '9999999999999999'])
      await expectListed([], { createdByIds: [unknown] })
    await expectListed([], { createdByIds: [globalId('User', '9999999999999999')] })
  })

  it('createdByIds: 100 at most', async () => {
    const own = await flag({ createdById: tenant.user.id })
    const ids = Array.from({ length: 99 }, (_, n) => 1_000_000 + n)
    await expectListed([own], { createdByIds: [...ids, tenant.user.id] })
    expect(await refused({ createdByIds: [...ids, tenant.user.id, 1] })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'createdByIds' }])
  })

  it('createdByIds: rejects what is no id of a person', async () => {
    const wrong = [
      '',
      '0',
      '-1',
      '1.5',
      '1e3',
      ' 1',
      'me',
      '%',
      'null',
      '99999999999999999999',
      globalId('Project', 1),
      globalId('User', 'x'),
      '\0',
    ]
    for (const id of wrong) {
      expect(await refused({ createdByIds: [tenant.user.id, id] }), id).toEqual([{ code: 'BAD_USER_INPUT', argument: 'createdByIds' }])
    }
  })

  it('evaluationRuntime: exactly this one', async () => {
    const server = await flag({ evaluationRuntime: 'server' })
    const client = await flag({ evaluationRuntime: 'client' })
    const all = await flag()
    await expectListed([server], { evaluationRuntime: 'SERVER' })
    await expectListed([client], { evaluationRuntime: 'CLIENT' })
    await expectListed([all], { evaluationRuntime: 'ALL' })
    expect(await refused({ evaluationRuntime: 'server' })).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'evaluationRuntime' }])
  })

  it('hasEvaluationContexts: at least one, or none', async () => {
    const [bare, one, two] = [await flag(), await flag(), await flag()]
    const contexts = await Promise.all(
      ['web', 'app'].map((name) => db.evaluationContext.create({ data: { projectId: tenant.project.id, name } })),
    )
    const links = [one, two, two].map(({ id }, n) => ({ featureFlagId: id, evaluationContextId: contexts[n % 2]?.id ?? '' }))
    await db.featureFlagEvaluationContext.createMany({ data: links })
    await expectListed([one, two], { hasEvaluationContexts: true })
    await expectListed([bare], { hasEvaluationContexts: false })
  })

  it('not given, or null, filter nothing', async () => {
    const flags = [await flag(), await flag({ active: false, evaluationRuntime: 'client' })]
    const names = ['search', 'active', 'createdByIds', 'evaluationRuntime', 'hasEvaluationContexts', 'orderBy']
    const paging = ['offset', 'first', 'after', 'last', 'before']
    await expectListed(flags)
    await expectListed(flags, Object.fromEntries([...names, ...paging].map((name) => [name, null])))
    expect(await page({ orderBy: null })).toEqual(await page())
  })
})

interface Draft {
  key: string
  name: string
  active: boolean
  evaluationRuntime: 'server' | 'client' | 'all'
  context: boolean
  creator: number | null
  variants: string[]
  deleted: boolean
}

it('adds the filters up, and counts what they let through on all pages', async () => {
  const people = [await seedUser(db, tenant.organization), await seedUser(db, tenant.organization)]
  const words = ['', 'a', 'B', 'ab', 'É', '%', 'x\ny', 'A_b']
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
  const drafts = fc.uniqueArray(
    fc.record<Draft>({
      key: fc.stringMatching(/^[abAB_-]{1,4}$/),
      name: fc.array(fc.constantFrom(...words), { maxLength: 3 }).map((parts) => parts.join('')),
      active: fc.boolean(),
      evaluationRuntime: fc.constantFrom('server', 'client', 'all'),
      context: fc.boolean(),
      creator: fc.constantFrom(0, 1, null),
      variants: fc.constantFrom(['control', 'test'], ['control', 'test'], ['control'], ['test', 'control']),
      deleted: fc.constantFrom(false, false, false, true),
    }),
    { selector: ({ key }) => key, maxLength: 25 },
  )
  const filters = fc.array(
    fc.record({
      search: optional(fc.array(fc.constantFrom(...words), { maxLength: 2 }).map((parts) => parts.join(''))),
      active: optional(fc.boolean()),
      evaluationRuntime: optional(fc.constantFrom('server' as const, 'client' as const, 'all' as const)),
      hasEvaluationContexts: optional(fc.boolean()),
      creators: optional(fc.subarray([0, 1])),
      first: optional(fc.integer({ min: 1, max: 5 })),
    }),
    { minLength: 5, maxLength: 5 },
  )

  await fc.assert(
    fc.asyncProperty(drafts, filters, async (flags, asked) => {
      const project = await seedProject(db, tenant.organization)
      await db.featureFlag.createMany({
        data: flags.map(({ context, creator, variants, ...columns }) => ({
          ...columns,
          projectId: project.id,
          createdById: creator === null ? null : (people[creator]?.id ?? null),
          filters: keyed(...variants),
        })),
      })
      const stored = new Map((await db.featureFlag.findMany({ where: { projectId: project.id } })).map(({ key, id }) => [key, id]))
      const idOf = (key: string) => stored.get(key) ?? 0
      const context = await db.evaluationContext.create({ data: { projectId: project.id, name: 'web' } })
      const links = flags.filter((one) => one.context).map(({ key }) => ({ featureFlagId: idOf(key), evaluationContextId: context.id }))
      await db.featureFlagEvaluationContext.createMany({ data: links })

      for (const { creators, evaluationRuntime, ...rest } of asked) {
        const contains = (value: string) => value.toLowerCase().includes((rest.search ?? '').toLowerCase())
        const expected = flags
          .filter((one) => !one.deleted && one.variants[0] === 'control' && one.variants.length > 1)
          .filter((one) => contains(one.key) || contains(one.name))
          .filter((one) => rest.active === undefined || one.active === rest.active)
          .filter((one) => evaluationRuntime === undefined || one.evaluationRuntime === evaluationRuntime)
          .filter((one) => rest.hasEvaluationContexts === undefined || one.context === rest.hasEvaluationContexts)
          .filter((one) => creators === undefined || (one.creator !== null && creators.includes(one.creator)))
          .sort((a, b) => compareCodePoints(a.key, b.key))
          .map(({ key }) => idOf(key))
        const args = {
          ...rest,
          orderBy: { field: 'KEY', direction: 'ASC' },
          ...(evaluationRuntime === undefined ? {} : { evaluationRuntime: evaluationRuntime.toUpperCase() }),
          ...(creators === undefined ? {} : { createdByIds: creators.map((n) => people[n]?.id) }),
        }
        const { ids, totalCount } = await readList(server, 'eligibleFeatureFlags', { ...tenant, project }, args)
        expect(ids).toEqual(expected.slice(0, rest.first ?? 20))
        expect(totalCount).toBe(expected.length)
      }
    }),
    { numRuns: 12 },
  )
})

describe('order', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, n))
  const orderBy = (field: string, direction: string) => ({ orderBy: { field, direction } })
  const idsOf = (flags: FeatureFlag[]) => flags.map(({ id }) => id)

  it('is the newest first when none is given, and the greater number first of two that are as old', async () => {
    const [a, b, c, d] = [
      await flag({ createdAt: day(2) }),
      await flag({ createdAt: day(3) }),
      await flag({ createdAt: day(2) }),
      await flag({ createdAt: day(1) }),
    ]
    expect((await page()).ids).toEqual(idsOf([b, c, a, d]))
    expect((await page(orderBy('CREATED_AT', 'DESC'))).ids).toEqual(idsOf([b, c, a, d]))
    expect((await page(orderBy('CREATED_AT', 'ASC'))).ids).toEqual(idsOf([d, a, c, b]))
  })

  it('goes by key and by name by code point, ties by number in the same direction', async () => {
    const [a, b, c, d, e] = [
      await flag({ key: 'b', name: 'same' }),
      await flag({ key: 'B', name: 'same' }),
      await flag({ key: '_', name: '' }),
      await flag({ key: 'a-b', name: 'Éa' }),
      await flag({ key: 'a1', name: 'Same' }),
    ]
    expect((await page(orderBy('KEY', 'ASC'))).ids).toEqual(idsOf([b, c, d, e, a]))
    expect((await page(orderBy('KEY', 'DESC'))).ids).toEqual(idsOf([a, e, d, c, b]))
    expect((await page(orderBy('NAME', 'ASC'))).ids).toEqual(idsOf([c, e, a, b, d]))
    expect((await page(orderBy('NAME', 'DESC'))).ids).toEqual(idsOf([d, b, a, e, c]))
  })

  it('takes the first 400 characters of a name', async () => {
    const start = '😀'.repeat(400)
    const [a, b] = [await flag({ name: `${start}b` }), await flag({ name: `${start}a` })]
    expect((await page(orderBy('NAME', 'ASC'))).ids).toEqual(idsOf([a, b]))
  })

  it('rejects an order that is none', async () => {
    for (const wrong of [orderBy('ID', 'ASC'), orderBy('KEY', 'asc'), { orderBy: { field: 'KEY' } }, { orderBy: '-key' }]) {
      const refusals = await refused(wrong)
      expect(refusals.length).toBeGreaterThan(0)
      for (const refusal of refusals) expect(refusal).toEqual({ code: 'BAD_USER_INPUT', argument: 'orderBy' })
    }
  })
})

describe('where it is asked', () => {
  const asked = 'search: "a", active: true, orderBy: { field: KEY, direction: ASC }, first: 2'
  const page = '{ totalCount nodes { id key } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }'

  it('at the root and of a project: the same', async () => {
    for (const key of ['a1', 'a2', 'a3', 'b']) await flag({ key })
    const { data, errors } = await run(
      tenant.key,
      `query ($id: ID!, $number: ID!) {
        root: eligibleFeatureFlags(projectId: $id, ${asked}) ${page}
        byNumber: eligibleFeatureFlags(projectId: $number, ${asked}) ${page}
        project(id: $id) { eligibleFeatureFlags(${asked}) ${page} }
      }`,
      { id: globalId('Project', tenant.project.id), number: String(tenant.project.id) },
    )
    expect(errors).toBeUndefined()
    expect(data.root.nodes.map(({ key }: { key: string }) => key)).toEqual(['a1', 'a2'])
    expect(data.root.totalCount).toBe(3)
    expect(data.byNumber).toEqual(data.root)
    expect(data.project.eligibleFeatureFlags).toEqual(data.root)
  })

  it('several times in one operation: each with its own filters', async () => {
    for (const key of ['a1', 'a2', 'b1']) await flag({ key, active: key !== 'a2' })
    const list = (args: string) => `eligibleFeatureFlags(projectId: ${tenant.project.id}, ${args}) { totalCount nodes { key } }`
    const order = 'orderBy: { field: KEY, direction: ASC }'
    const { data } = await run(
      tenant.key,
      `{
        a: ${list(`search: "a", ${order}`)} b: ${list(`search: "b", ${order}`)} on: ${list(`active: true, ${order}`)}
        off: ${list(`active: false, ${order}`)} firstOne: ${list(`first: 1, ${order}`)} lastOne: ${list(`last: 1, ${order}`)}
        third: ${list(`first: 1, offset: 2, ${order}`)}
      }`,
    )
    const keys = Object.fromEntries(
      Object.entries(data as Record<string, { nodes: { key: string }[] }>).map(([name, { nodes }]) => [name, nodes.map(({ key }) => key)]),
    )
    expect(keys).toEqual({ a: ['a1', 'a2'], b: ['b1'], on: ['a1', 'b1'], off: ['a2'], firstOne: ['a1'], lastOne: ['b1'], third: ['b1'] })
  })

  it('with a key that may not read flags: rejected, and its neighbours are not', async () => {
    await flag()
    const key = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    const { data, errors } = await run(
      key,
      `{ eligibleFeatureFlags(projectId: ${tenant.project.id}) { nodes { id } } project(id: ${tenant.project.id}) { name } }`,
    )
    expect(data).toEqual({ eligibleFeatureFlags: null, project: { name: tenant.project.name } })
    expect(errors).toMatchObject([
      { path: ['eligibleFeatureFlags'], extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' } },
    ])
  })

  it("of somebody else's project: not found", async () => {
    const other = await seedTenant(db)
    await seedFlag(db, other.project)
    const { data, errors } = await run(tenant.key, `{ eligibleFeatureFlags(projectId: ${other.project.id}) { totalCount } }`)
    expect(data).toEqual({ eligibleFeatureFlags: null })
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
  })
})

it('shows a flag in the list as it is read by its id', async () => {
  const listed = await flag({
    key: 'whole',
    name: 'Whole',
    tags: ['x', 'y'],
    evaluationRuntime: 'server',
    createdById: tenant.user.id,
    lastModifiedById: tenant.user.id,
    createdAt: new Date('2026-03-29T01:30:00.123Z'),
    updatedAt: new Date('2026-10-25T00:59:59.999Z'),
    version: 7,
    ensureExperienceContinuity: true,
  })
  const fields = `
    id databaseId project { id } key name active archived deleted version filters variants { key name rolloutPercentage payload }
    rolloutPercentage evaluationRuntime evaluationContexts tags ensureExperienceContinuity createdBy { id } lastModifiedBy { id }
    createdAt updatedAt experimentEligibility { eligible reasons }`
  const byList = await run(tenant.key, `{ eligibleFeatureFlags(projectId: ${tenant.project.id}) { nodes { ${fields} } } }`)
  const byId = await run(tenant.key, `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { ${fields} } } }`, {
    id: globalId('FeatureFlag', listed.id),
  })
  expect(byList.errors).toBeUndefined()
  expect(byList.data.eligibleFeatureFlags.nodes[0]).toEqual(byId.data.node)
  expect(byId.data.node).toMatchObject({
    createdAt: '2026-03-29T01:30:00.123Z',
    updatedAt: '2026-10-25T00:59:59.999Z',
    tags: ['x', 'y'],
    version: 7,
    evaluationRuntime: 'SERVER',
    filters: controlAndTest,
    createdBy: { id: globalId('User', tenant.user.id) },
  })
})
