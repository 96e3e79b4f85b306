import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { readList } from '../../support/lists.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject, seedUser } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const server = await testServer()
const { db, run } = server
const tenant = await seedTenant(db)

type FlagData = Partial<Prisma.FeatureFlagUncheckedCreateInput>
const flag = (data: FlagData = {}) => seedFlag(db, tenant.project, data)

/** These fields of a flag, read by its id. */
async function fieldsOf(id: number, selection: string, key: string = tenant.key) {
  const { data, errors } = await run(key, `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { ${selection} } } }`, {
    id: globalId('FeatureFlag', id),
  })
  expect(errors).toBeUndefined()
  return data.node
}

async function shown(filters: unknown, selection: string) {
  return fieldsOf((await flag({ filters: filters as Prisma.InputJsonObject })).id, selection)
}

describe('variants', () => {
  const variants = async (filters: unknown) => (await shown(filters, 'variants { key name rolloutPercentage payload }')).variants
  const variant = (key: string, payload: unknown = null) => ({ key, name: null, rolloutPercentage: 50, payload })
  const stored = (key: string) => ({ key, rollout_percentage: 50 })

  it('come in the order of the filters, with name and percentage', async () => {
    const filters = {
      multivariate: {
        variants: [
          { key: 'test', name: 'Test Variant', rollout_percentage: 33.4 },
          { key: 'control', name: '', rollout_percentage: 0 },
          { key: 'a/b.c_d-e', rollout_percentage: 66.6, description: 'unknown keys do no harm' },
        ],
      },
    }
    expect(await variants(filters)).toEqual([
      { key: 'test', name: 'Test Variant', rolloutPercentage: 33.4, payload: null },
      { key: 'control', name: '', rolloutPercentage: 0, payload: null },
      { key: 'a/b.c_d-e', name: null, rolloutPercentage: 66.6, payload: null },
    ])
  })

  it.each([
    {},
    { multivariate: null },
    { multivariate: {} },
    { multivariate: { variants: [] } },
    { multivariate: { variants: { key: 'control' } } },
  ])('are none where the filters are %j', async (filters) => {
    expect(await variants({ ...filters, payloads: { true: '1' } })).toEqual([])
  })

  it('pass over what is malformed', async () => {
    const entries = [
      null,
      'control',
      5,
      [],
      {},
      { key: null },
      { key: 7 },
      { key: ['x'] },
      { key: 'a', name: 5, rollout_percentage: '50' },
      { key: '' },
    ]
    expect(await variants({ multivariate: { variants: entries } })).toEqual([
      { key: 'a', name: null, rolloutPercentage: 0, payload: null },
      { key: '', name: null, rolloutPercentage: 0, payload: null },
    ])
  })

  it('carry their payloads decoded', async () => {
    const payloads: [text: unknown, value: unknown][] = [
      ['{"a":{"b":[1,null,"x"]}}', { a: { b: [1, null, 'x'] } }],
      ['[]', []],
      ['"text"', 'text'],
      ['5', 5],
      ['false', false],
      ['0', 0],
      ['""', ''],
      ['null', null],
      [' {"spaced": true} ', { spaced: true }],
    ]
    const keys = payloads.map((_, n) => `v${n}`)
    const filters = {
      multivariate: { variants: keys.map(stored) },
      payloads: Object.fromEntries(payloads.map(([text], n) => [`v${n}`, text])),
    }
    expect(await variants(filters)).toEqual(keys.map((key, n) => variant(key, payloads[n]?.[1])))
  })

  it('carry payloads that are not JSON text as they are', async () => {
    const payloads = {
      plain: 'not json',
      empty: '',
      cut: '{"a":',
      nan: 'NaN',
      object: { a: 1 },
      list: [1],
      number: 7,
      no: false,
      nothing: null,
    }
    const keys = Object.keys(payloads)
    expect(await variants({ multivariate: { variants: keys.map(stored) }, payloads })).toEqual(
      Object.entries(payloads).map(([key, payload]) => variant(key, payload)),
    )
  })

  it('have no payload by the name of what every object has', async () => {
    const keys = ['toString', 'constructor', '__proto__', 'hasOwnProperty']
    expect(await variants({ multivariate: { variants: keys.map(stored) }, payloads: {} })).toEqual(keys.map((key) => variant(key)))
    const named = await flag({ filters: {} })
    await db.$executeRaw`
      UPDATE feature_flags SET filters = ${JSON.stringify({ multivariate: { variants: keys.map(stored) } })}::jsonb
        || '{"payloads": {"__proto__": "5", "constructor": "6"}}'
      WHERE id = ${named.id}`
    expect((await fieldsOf(named.id, 'variants { key payload }')).variants).toEqual([
      { key: 'toString', payload: null },
      { key: 'constructor', payload: 6 },
      { key: '__proto__', payload: 5 },
      { key: 'hasOwnProperty', payload: null },
    ])
  })

  it('have no payload where the payloads are malformed', async () => {
    for (const payloads of [null, 'text', 5, ['1', '2'], true]) {
      expect(await variants({ multivariate: { variants: [stored('0'), stored('length')] }, payloads })).toEqual([
        variant('0'),
        variant('length'),
      ])
    }
  })
})

describe('rolloutPercentage', () => {
  const cases: [why: string, groups: unknown, percentage: number | null][] = [
    ['of the only set', [{ properties: [], rollout_percentage: 25.5 }], 25.5],
    ['of the only set: nobody', [{ rollout_percentage: 0 }], 0],
    ['that all sets share', [{ rollout_percentage: 30 }, { rollout_percentage: 30 }, { rollout_percentage: 30 }], 30],
    ['null when they differ', [{ rollout_percentage: 30 }, { rollout_percentage: 40 }], null],
    ['null when there is no set', [], null],
    ['everybody where a set names none', [{ properties: [] }], 100],
    ['everybody where it is null', [{ rollout_percentage: null }], 100],
    ['that is named once and left out once', [{ rollout_percentage: 100 }, {}], 100],
    ['null where there are no sets at all', undefined, null],
    ['null where the sets are malformed', 'everybody', null],
    ['null where the sets are an object', { rollout_percentage: 5 }, null],
  ]
  it.each(cases)('%s', async (_why, groups, percentage) => {
    expect(await shown(groups === undefined ? {} : { groups }, 'rolloutPercentage')).toEqual({ rolloutPercentage: percentage })
  })
})

it('shows evaluation contexts by code point, whatever the order they were given in', async () => {
  const names = ['web', 'a', 'api v2', 'a-b', 'ab', 'a_b', 'ü', 'z']
  const contexts = await db.evaluationContext.createManyAndReturn({ data: names.map((name) => ({ name, projectId: tenant.project.id })) })
  const [all, some, none] = [await flag(), await flag(), await flag()]
  await db.featureFlagEvaluationContext.createMany({
    data: [
      ...contexts.map(({ id }) => ({ featureFlagId: all.id, evaluationContextId: id })),
      ...contexts.filter(({ name }) => name > 'b').map(({ id }) => ({ featureFlagId: some.id, evaluationContextId: id })),
    ],
  })
  const read = async ({ id }: { id: number }) => (await fieldsOf(id, 'evaluationContexts')).evaluationContexts
  expect(await read(all)).toEqual(['a', 'a-b', 'a_b', 'ab', 'api v2', 'web', 'z', 'ü'])
  expect(await read(some)).toEqual(['web', 'z', 'ü'])
  expect(await read(none)).toEqual([])
})

describe('who made and who changed it', () => {
  it('nobody, or an account that is gone: null', async () => {
    const maker = await seedUser(db, tenant.organization, { firstName: 'Maker' })
    const made = await flag({ createdById: maker.id, lastModifiedById: tenant.user.id })
    const people = 'createdBy { databaseId firstName } lastModifiedBy { databaseId }'
    expect(await fieldsOf(made.id, people)).toEqual({
      createdBy: { databaseId: maker.id, firstName: 'Maker' },
      lastModifiedBy: { databaseId: tenant.user.id },
    })
    await db.organizationMembership.deleteMany({ where: { userId: maker.id } })
    expect((await fieldsOf(made.id, people)).createdBy).toEqual({ databaseId: maker.id, firstName: 'Maker' })
    await db.user.delete({ where: { id: maker.id } })
    expect((await fieldsOf(made.id, people)).createdBy).toBeNull()
    expect(await fieldsOf((await flag()).id, people)).toEqual({ createdBy: null, lastModifiedBy: null })
  })
})

it('can be read by id when it is deleted, with the key that was rewritten', async () => {
  const deleted = await flag({ key: 'gone:deleted:1', deleted: true })
  expect(await fieldsOf(deleted.id, 'key deleted active')).toEqual({ key: 'gone:deleted:1', deleted: true, active: true })
})

it('is not there for a viewer of another organization', async () => {
  const other = await seedTenant(db)
  const { data, errors } = await run(other.key, 'query ($id: ID!) { node(id: $id) { id } }', {
    id: globalId('FeatureFlag', (await flag()).id),
  })
  expect(errors).toBeUndefined()
  expect(data).toEqual({ node: null })
})

describe('experiments', () => {
  it('are the ones on this flag, archived ones too, deleted ones not, the newest first', async () => {
    const used = await flag()
    const at = (n: number) => ({ createdAt: new Date(Date.UTC(2026, 0, n)) })
    const [old, archived, latest] = [
      await seedExperiment(db, used, at(1)),
      await seedExperiment(db, used, { ...at(2), archived: true }),
      await seedExperiment(db, used, at(3)),
    ]
    await seedExperiment(db, used, { ...at(4), deleted: true })
    await seedExperiment(db, await flag(), at(5))
    expect(await fieldsOf(used.id, 'experiments { totalCount nodes { databaseId featureFlag { databaseId } } }')).toEqual({
      experiments: {
        totalCount: 3,
        nodes: [latest, archived, old].map(({ id }) => ({ databaseId: id, featureFlag: { databaseId: used.id } })),
      },
    })
  })

  it('need a scope of their own, and the flag does not', async () => {
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const used = await flag({ key: 'scoped' })
    expect(await fieldsOf(used.id, 'key', key)).toEqual({ key: 'scoped' })
    const { errors } = await run(key, 'query ($id: ID!) { node(id: $id) { ... on FeatureFlag { key experiments { totalCount } } } }', {
      id: globalId('FeatureFlag', used.id),
    })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } }])
  })
})

const reasons = async ({ id }: { id: number }) => (await fieldsOf(id, 'experimentEligibility { eligible reasons }')).experimentEligibility
const ineligible = (...all: string[]) => ({ eligible: false, reasons: all })
const keyed = (...keys: string[]) => ({ multivariate: { variants: keys.map((key) => ({ key, rollout_percentage: 100 / keys.length })) } })
const takenBySurvey = (id: number) =>
  db.survey.create({ data: { projectId: tenant.project.id, name: 'survey', internalTargetingFlagId: id } })
const takenByTour = (id: number) =>
  db.productTour.create({ data: { projectId: tenant.project.id, name: 'tour', internalTargetingFlagId: id } })

describe('experimentEligibility', () => {
  it('has nothing against a flag that an experiment may use', async () => {
    expect(await reasons(await flag({ active: false, archived: true }))).toEqual({ eligible: true, reasons: [] })
  })

  const cases: [reason: string, data: FlagData][] = [
    ['DELETED', { deleted: true }],
    ['NOT_MULTIVARIATE', { filters: {} }],
    ['TOO_FEW_VARIANTS', { filters: keyed('control') }],
    ['CONTROL_NOT_FIRST', { filters: keyed('test', 'control') }],
    // Of an empty list nobody can say what comes first.
    ['TOO_FEW_VARIANTS', { filters: keyed() }],
    ['NOT_MULTIVARIATE', { filters: { multivariate: { variants: {} } } }],
  ]
  it.each(cases)('%s: %j', async (reason, data) => {
    expect(await reasons(await flag(data))).toEqual(ineligible(reason))
  })

  it('USED_BY_SURVEY: once, whichever of its flags it is, and however many surveys there are', async () => {
    for (const column of ['targetingFlagId', 'internalTargetingFlagId', 'internalResponseSamplingFlagId']) {
      const taken = await flag()
      for (const name of ['one', 'two']) await db.survey.create({ data: { projectId: tenant.project.id, name, [column]: taken.id } })
      expect(await reasons(taken)).toEqual(ineligible('USED_BY_SURVEY'))
    }
    const linked = await flag()
    await db.survey.create({ data: { projectId: tenant.project.id, name: 'survey', linkedFlagId: linked.id } })
    expect(await reasons(linked)).toEqual({ eligible: true, reasons: [] })
  })

  it('USED_BY_PRODUCT_TOUR: by an archived one as well', async () => {
    const taken = await flag()
    await db.productTour.create({ data: { projectId: tenant.project.id, name: 'tour', archived: true, internalTargetingFlagId: taken.id } })
    expect(await reasons(taken)).toEqual(ineligible('USED_BY_PRODUCT_TOUR'))
  })

  it('gives every reason there is, in the order of the enum', async () => {
    const one = await flag({ deleted: true, filters: keyed('test') })
    await takenByTour(one.id)
    await takenBySurvey(one.id)
    const all = ['DELETED', 'TOO_FEW_VARIANTS', 'CONTROL_NOT_FIRST', 'USED_BY_SURVEY', 'USED_BY_PRODUCT_TOUR']
    expect(await reasons(one)).toEqual(ineligible(...all))
    const other = await flag({ deleted: true, filters: { multivariate: 'no' } })
    await takenBySurvey(other.id)
    expect(await reasons(other)).toEqual(ineligible('DELETED', 'NOT_MULTIVARIATE', 'USED_BY_SURVEY'))
  })

  it('is known of flags in the lists of several projects at once', async () => {
    const second = await seedProject(db, tenant.organization)
    const [eligible, taken] = [await seedFlag(db, second), await flag()]
    await takenByTour(taken.id)
    const { data } = await run(
      tenant.key,
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag { experimentEligibility { eligible reasons } } } }',
      { ids: [taken, eligible].map(({ id }) => globalId('FeatureFlag', id)) },
    )
    expect(data.nodes.map((node: { experimentEligibility: unknown }) => node.experimentEligibility)).toEqual([
      ineligible('USED_BY_PRODUCT_TOUR'),
      { eligible: true, reasons: [] },
    ])
  })

  it('agrees with eligibleFeatureFlags and with the rule, whatever is in the filters', async () => {
    const key = fc.oneof(
      { weight: 4, arbitrary: fc.constant('control' as unknown) },
      fc.constantFrom<unknown>('test', 'Control', 1, null, ['control']),
    )
    const variant = fc.oneof({ weight: 4, arbitrary: fc.record({ key }) as fc.Arbitrary<unknown> }, fc.jsonValue({ maxDepth: 1 }))
    const variants = fc.oneof(
      { weight: 5, arbitrary: fc.array(variant, { maxLength: 4 }) as fc.Arbitrary<unknown> },
      fc.jsonValue({ maxDepth: 2 }),
    )
    const multivariate = fc.oneof({ weight: 5, arbitrary: fc.record({ variants }) as fc.Arbitrary<unknown> }, fc.jsonValue({ maxDepth: 2 }))
    const draft = fc.record({
      filters: fc.oneof(
        { weight: 5, arbitrary: fc.record({ multivariate }) },
        fc.dictionary(fc.constantFrom('multivariate', 'groups', 'payloads', 'variants'), fc.jsonValue({ maxDepth: 3 })),
      ),
      deleted: fc.constantFrom(false, false, false, true),
      survey: fc.constantFrom(false, false, false, true),
      tour: fc.constantFrom(false, false, false, true),
    })
    const listOf = (value: unknown): unknown[] | null => {
      const inner = Object(Object(value).multivariate).variants
      return Array.isArray(inner) && !Array.isArray(Object(value).multivariate) ? inner : null
    }
    const isPercentage = (value: unknown) => value == null || (typeof value === 'number' && value >= 0 && value <= 100)
    const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
    const isMalformed = (filters: unknown) => {
      const { groups, payloads } = Object(filters)
      return (
        (listOf(filters) ?? []).some(
          (one) => !isMap(one) || !Object(one).key || typeof Object(one).key !== 'string' || !isPercentage(Object(one).rollout_percentage),
        ) ||
        !(groups == null || (Array.isArray(groups) && groups.every((set) => isMap(set) && isPercentage(set.rollout_percentage)))) ||
        !(payloads == null || isMap(payloads))
      )
    }

    await fc.assert(
      fc.asyncProperty(fc.array(draft, { minLength: 10, maxLength: 40 }), async (drafts) => {
        const project = await seedProject(db, tenant.organization)
        // As text, because Prisma cannot write every JSON: it drops a key `__proto__`, or fails over it.
        await db.$executeRaw`
          INSERT INTO feature_flags (project_id, key, filters, deleted)
          SELECT ${project.id}::int, 'flag-' || n, draft -> 'filters', (draft -> 'deleted')::boolean
          FROM jsonb_array_elements(${JSON.stringify(drafts)}::jsonb) WITH ORDINALITY AS drafts (draft, n)`
        const flags = await db.featureFlag.findMany({ where: { projectId: project.id }, select: { id: true, key: true } })
        const idOf = (n: number) => flags.find((one) => one.key === `flag-${n + 1}`)?.id ?? 0
        const uses = (kind: 'survey' | 'tour') =>
          drafts.flatMap((one, n) => (one[kind] ? [{ projectId: project.id, name: 'made it', internalTargetingFlagId: idOf(n) }] : []))
        await db.survey.createMany({ data: uses('survey') })
        await db.productTour.createMany({ data: uses('tour') })

        const { data, errors } = await run(
          tenant.key,
          `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag {
            databaseId rolloutPercentage variants { key name rolloutPercentage payload } experimentEligibility { eligible reasons }
          } } }`,
          { ids: drafts.map((_, n) => globalId('FeatureFlag', idOf(n))) },
        )
        expect(errors).toBeUndefined()

        const expected = drafts.map(({ filters, deleted, survey, tour }) => {
          const list = listOf(filters)
          return [
            ...(deleted ? ['DELETED'] : []),
            ...(list === null ? ['NOT_MULTIVARIATE'] : []),
            ...(list !== null && list.length < 2 ? ['TOO_FEW_VARIANTS'] : []),
            ...(list !== null && list.length > 0 && Object(list[0]).key !== 'control' ? ['CONTROL_NOT_FIRST'] : []),
            ...(isMalformed(filters) ? ['MALFORMED_FILTERS'] : []),
            ...(survey ? ['USED_BY_SURVEY'] : []),
            ...(tour ? ['USED_BY_PRODUCT_TOUR'] : []),
          ]
        })
        const found: { databaseId: number; experimentEligibility: { eligible: boolean; reasons: string[] } }[] = data.nodes
        expect(found.map(({ experimentEligibility }) => experimentEligibility.reasons)).toEqual(expected)
        const { ids, totalCount } = await readList(
          server,
          'eligibleFeatureFlags',
          { key: tenant.key, project },
          { first: 100, orderBy: { field: 'CREATED_AT', direction: 'ASC' } },
        )
        const eligible = found.filter((one) => one.experimentEligibility.eligible).map(({ databaseId }) => databaseId)
        expect(ids).toEqual(eligible.sort((a, b) => a - b))
        expect(totalCount).toBe(eligible.length)
      }),
      { numRuns: 12 },
    )
  })

  it('is shown only to a key that may read flags', async () => {
    const key = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    const { data, errors } = await run(
      key,
      'query ($id: ID!) { node(id: $id) { ... on FeatureFlag { experimentEligibility { eligible } } } }',
      { id: globalId('FeatureFlag', (await flag({ filters: controlAndTest })).id) },
    )
    expect(data).toEqual({ node: null })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' } }])
  })
})
