import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureFlag, Prisma } from '../../../../src/database/generated/client.ts'
import { compareCodePoints, getErrors } from '../../../support/lists.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject, seedUser } from '../../../support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../../../support/testServer.ts'

// Random flags are listed with random filters and orders, and compared with what plain code finds among them.

const server = await testServer()
const { db, run, time } = server

const types: Record<string, string> = {
  search: 'String',
  keys: '[String!]',
  keyPrefix: 'String',
  active: 'Boolean',
  archived: 'Boolean',
  includeArchived: 'Boolean',
  deleted: 'Boolean',
  statuses: '[FeatureFlagStatus!]',
  types: '[FeatureFlagType!]',
  tagsAny: '[String!]',
  tagsAll: '[String!]',
  tagsNone: '[String!]',
  createdByIds: '[ID!]',
  evaluationRuntime: 'EvaluationRuntime',
  evaluationContexts: '[String!]',
  hasEvaluationContexts: 'Boolean',
  inExperiment: 'Boolean',
  eligibleForExperiment: 'Boolean',
  baselineVariantKey: 'String',
  dependsOnId: 'ID',
  createdSince: 'DateTime',
  updatedSince: 'DateTime',
  orderBy: 'FeatureFlagOrder',
  offset: 'Int',
  first: 'Int',
  after: 'String',
  last: 'Int',
  before: 'String',
}
const declared = Object.entries(types).map(([name, type]) => `$${name}: ${type}`)
const given = Object.keys(types).map((name) => `${name}: $${name}`)
const query = `query ($projectId: ID!, ${declared.join()}) { list: featureFlags(projectId: $projectId, ${given.join()}) {
  totalCount edges { cursor node { databaseId } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`

type Tenant = { key: string; project: { id: number } }
const ask = ({ key, project }: Tenant, args: Record<string, unknown>): Promise<Answer> =>
  run(key, query, { projectId: String(project.id), ...args })
const idsOf = ({ data, errors }: Answer): number[] => {
  expect(errors).toBeUndefined()
  return data.list.edges.map((edge: { node: { databaseId: number } }) => edge.node.databaseId)
}

const day = (n: number) => new Date(Date.UTC(2026, 9, 1 + n))
const now = new Date('2026-11-20T12:00:00Z')
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

const people = ['Ada', '', 'Zoë', 'Ada'] as const
const emails = ['d@example.com', 'b@example.com', 'c@example.com', 'a@example.com'] as const
const contexts = ['app', 'checkout', 'docs'] as const
const variantSets: (Prisma.InputJsonObject | null)[] = [
  null,
  {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  },
  {
    variants: [
      { key: 'test', rollout_percentage: 50 },
      { key: 'control', rollout_percentage: 50 },
    ],
  },
  {
    variants: [
      { key: 'control', rollout_percentage: 100 },
      { key: 'b', rollout_percentage: 0 },
    ],
  },
  { variants: [{ key: 'control', rollout_percentage: 100 }] },
  { variants: [{ key: 'control', rollout_percentage: 'half' }, { key: 'test' }] },
]

/** What a random flag is made of. */
interface Facts {
  flag: FeatureFlag
  creator: number | null
  contexts: string[]
  inExperiment: boolean
  variants: (typeof variantSets)[number]
  fullyRolledOut: boolean
  needs: string[]
}

const all: Facts[] = []
let tenant: Awaited<ReturnType<typeof seedTenant>>
let users: { id: number }[]

beforeAll(async () => {
  time.now = now
  tenant = await seedTenant(db)
  const other = await seedTenant(db)
  users = []
  for (const [n, firstName] of people.entries()) users.push(await seedUser(db, tenant.organization, { firstName, email: emails[n] ?? '' }))
  const contextRows = []
  for (const name of contexts) contextRows.push(await db.evaluationContext.create({ data: { projectId: tenant.project.id, name } }))

  const random = fc.sample(fc.array(fc.nat(10_000), { minLength: 20, maxLength: 20 }), { numRuns: 70, seed: 7 })
  const first = await seedFlag(db, tenant.project, { key: 'first', createdAt: day(0) })
  await db.featureFlag.delete({ where: { id: first.id } })
  for (const [n, r] of random.entries()) {
    const at = (place: number) => r[place] ?? 0
    const variants = pick(variantSets, at(0))
    const share = pick([100, 100, null, 50, 0], at(1))
    const conditions = at(2) % 3 === 0 ? [{ type: 'person', key: 'email', value: 'x' }] : []
    const needs = at(3) % 5 === 0 && n > 2 ? [pick([String(all[n % 3]?.flag.id), all[n % 3]?.flag.key ?? ''], at(4))] : []
    const pinned = at(5) % 6 === 0 ? 'test' : null
    const hasTest = variants !== null && JSON.stringify(variants).includes('"test"')
    const groups = [
      {
        properties: [...conditions, ...needs.map((key) => ({ type: 'flag', key, operator: 'flag_evaluates_to', value: true }))],
        rollout_percentage: share,
        ...(pinned === null ? {} : { variant: pinned }),
      },
    ]
    const active = at(6) % 3 > 0
    const archived = !active && at(7) % 3 === 0
    const deleted = at(8) % 8 === 0
    const creator = at(9) % 5 === 4 ? null : at(9) % 5
    const flag = await seedFlag(db, tenant.project, {
      key: `${pick(['Checkout', 'checkout', 'nav', 'a_b'], at(10))}-${n}`,
      name: pick(['Sale 50%', 'sale', 'Naïve', ''], at(11)),
      filters: { groups, ...(variants === null ? {} : { multivariate: variants }) } as Prisma.InputJsonObject,
      active,
      archived,
      deleted,
      isRemoteConfiguration: at(12) % 5 === 0,
      evaluationRuntime: pick(['server', 'client', 'all'] as const, at(13)),
      tags: ['red', 'green', 'blue'].filter((_tag, place) => (at(14) >> place) % 2 === 1),
      createdById: creator === null ? null : (users[creator]?.id ?? null),
      createdAt: day(at(15) % 60),
      updatedAt: at(16) % 3 === 0 ? null : day(at(16) % 40),
      lastCalledAt: at(17) % 2 === 0 ? null : day(at(17) % 50),
    })
    const chosen = contextRows.filter((_row, place) => (at(18) >> place) % 4 === 1)
    await db.featureFlagEvaluationContext.createMany({
      data: chosen.map(({ id }) => ({ featureFlagId: flag.id, evaluationContextId: id })),
    })
    if (at(19) % 3 === 0) await seedExperiment(db, flag, { deleted: at(19) % 2 === 0 })
    all.push({
      flag,
      creator,
      contexts: chosen.map(({ name }) => name),
      inExperiment: at(19) % 3 === 0 && at(19) % 2 === 1,
      variants,
      fullyRolledOut:
        (share === 100 || share === null) &&
        conditions.length === 0 &&
        needs.length === 0 &&
        (variants === null || (pinned !== null && hasTest) || variants === variantSets[3] || variants === variantSets[4]),
      needs,
    })
    // The same in another project, which no list of this one may show.
    await seedFlag(db, other.project, { key: flag.key, name: flag.name, tags: flag.tags })
  }
})

// The reference.

const monthAgo = new Date(now.getTime() - 30 * 24 * 60 * 60 * 1000)
function statusOf({ flag, fullyRolledOut }: Facts): string {
  if (flag.deleted) return 'DELETED'
  if (flag.archived) return 'ARCHIVED'
  if (!flag.active) return 'INACTIVE'
  if (flag.lastCalledAt !== null) return flag.lastCalledAt < monthAgo ? 'STALE' : 'ACTIVE'
  return fullyRolledOut && flag.createdAt < monthAgo ? 'STALE' : 'ACTIVE'
}
const typeOf = ({ flag, variants }: Facts) =>
  flag.isRemoteConfiguration ? 'REMOTE_CONFIG' : variants === null ? 'BOOLEAN' : 'MULTIVARIATE'
function isEligible({ flag, variants }: Facts, baseline: string | null): boolean {
  if (flag.deleted || variants === null || variants === variantSets[4] || variants === variantSets[5]) return false
  const keys = (variants.variants as { key: string }[]).map(({ key }) => key)
  return baseline === null ? keys[0] === 'control' : keys.includes(baseline)
}

interface Filter {
  search?: string
  keys?: string[]
  keyPrefix?: string
  active?: boolean
  archived?: boolean
  includeArchived?: boolean
  deleted?: boolean
  statuses?: string[]
  types?: string[]
  tagsAny?: string[]
  tagsAll?: string[]
  tagsNone?: string[]
  createdByIds?: string[]
  evaluationRuntime?: string
  evaluationContexts?: string[]
  hasEvaluationContexts?: boolean
  inExperiment?: boolean
  eligibleForExperiment?: boolean
  baselineVariantKey?: string
  dependsOnId?: string
  createdSince?: Date
  updatedSince?: Date
}

/** Whether a flag passes each filter. */
const passes: { [Name in keyof Filter]-?: (facts: Facts, value: NonNullable<Filter[Name]>, filter: Filter) => boolean } = {
  search: ({ flag }, text) => [flag.key, flag.name].some((value) => value.toLowerCase().includes(text.toLowerCase())),
  keys: ({ flag }, keys) => keys.includes(flag.key),
  keyPrefix: ({ flag }, prefix) => flag.key.startsWith(prefix),
  active: ({ flag }, active) => flag.active === active,
  archived: ({ flag }, archived) => flag.archived === archived,
  includeArchived: () => true,
  deleted: ({ flag }, deleted) => flag.deleted === deleted,
  statuses: (facts, statuses) => statuses.includes(statusOf(facts)),
  types: (facts, names) => names.includes(typeOf(facts)),
  tagsAny: ({ flag }, tags) => tags.some((tag) => flag.tags.includes(tag)),
  tagsAll: ({ flag }, tags) => tags.length > 0 && tags.every((tag) => flag.tags.includes(tag)),
  tagsNone: ({ flag }, tags) => tags.length > 0 && !tags.some((tag) => flag.tags.includes(tag)),
  createdByIds: ({ flag }, ids) => ids.includes(String(flag.createdById)),
  evaluationRuntime: ({ flag }, runtime) => flag.evaluationRuntime.toUpperCase() === runtime,
  evaluationContexts: (facts, names) => names.some((name) => facts.contexts.includes(name.toLowerCase())),
  hasEvaluationContexts: (facts, has) => facts.contexts.length > 0 === has,
  inExperiment: (facts, value) => facts.inExperiment === value,
  eligibleForExperiment: (facts, value, { baselineVariantKey }) => isEligible(facts, baselineVariantKey ?? null) === value,
  baselineVariantKey: (facts, key, { eligibleForExperiment }) => eligibleForExperiment === false || isEligible(facts, key),
  dependsOnId: (facts, id) => {
    const named = all.find(({ flag }) => String(flag.id) === id)?.flag
    return facts.needs.includes(id) || (named !== undefined && !named.deleted && facts.needs.includes(named.key))
  },
  createdSince: ({ flag }, since) => flag.createdAt >= since,
  updatedSince: ({ flag }, since) => flag.updatedAt !== null && flag.updatedAt >= since,
}

function isShown({ flag }: Facts, { keys, archived, includeArchived, deleted, statuses }: Filter): boolean {
  if (deleted === true || flag.deleted) return flag.deleted && (deleted ?? statuses?.includes('DELETED') ?? false)
  if (archived !== undefined) return true
  return !flag.archived || (includeArchived ?? (keys !== undefined || (statuses?.includes('ARCHIVED') ?? false)))
}

const texts = (a: string, b: string) => compareCodePoints(a, b)
const numbers = (a: number, b: number) => a - b
const lastIfNull = (date: Date | null) => date?.getTime() ?? Number.POSITIVE_INFINITY
const creatorName = (creator: number | null) => (creator === null ? '1' : `0${people[creator] || emails[creator]}`)
const orders: Record<string, (a: Facts, b: Facts) => number> = {
  CREATED_AT: (a, b) => numbers(a.flag.createdAt.getTime(), b.flag.createdAt.getTime()),
  KEY: (a, b) => texts(a.flag.key, b.flag.key),
  NAME: (a, b) => texts(a.flag.name, b.flag.name),
  UPDATED_AT: (a, b) => compare(lastIfNull(a.flag.updatedAt), lastIfNull(b.flag.updatedAt)),
  LAST_CALLED_AT: (a, b) => compare(lastIfNull(a.flag.lastCalledAt), lastIfNull(b.flag.lastCalledAt)),
  ACTIVE: (a, b) => numbers(Number(a.flag.active), Number(b.flag.active)),
  CREATED_BY: (a, b) => texts(creatorName(a.creator), creatorName(b.creator)),
}
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1)

interface Order {
  field: string
  direction: string
}

function expected(filter: Filter, { field, direction }: Order): number[] {
  const found = all.filter(
    (facts) =>
      isShown(facts, filter) &&
      Object.entries(filter).every(([name, value]) => value === undefined || passes[name as keyof Filter](facts, value as never, filter)),
  )
  const by = orders[field] ?? (() => 0)
  const sorted = found.toSorted((a, b) => by(a, b) || a.flag.id - b.flag.id)
  return (direction === 'ASC' ? sorted : sorted.toReversed()).map(({ flag }) => flag.id)
}

const anyOrder = fc.record({ field: fc.constantFrom(...Object.keys(orders)), direction: fc.constantFrom('ASC', 'DESC') })
const some = (...values: string[]) => fc.array(fc.constantFrom(...values), { maxLength: 3 })
const tagLists = some('red', 'green', 'blue', 'none such')
const anyFilter = (): fc.Arbitrary<Filter> => {
  const values: { [Name in keyof Filter]-?: fc.Arbitrary<NonNullable<Filter[Name]>> } = {
    search: fc.constantFrom('check', 'SALE', '%', '_', 'ï', 'zzz', 'k', ''),
    keys: fc.array(fc.constantFrom(...all.map(({ flag }) => flag.key), 'no-such'), { maxLength: 30 }),
    keyPrefix: fc.constantFrom('check', 'Check', 'n', 'a_', 'a-', 'Sale', ''),
    active: fc.boolean(),
    archived: fc.boolean(),
    includeArchived: fc.boolean(),
    deleted: fc.boolean(),
    statuses: some('ACTIVE', 'INACTIVE', 'STALE', 'ARCHIVED', 'DELETED'),
    types: some('BOOLEAN', 'MULTIVARIATE', 'REMOTE_CONFIG'),
    tagsAny: tagLists,
    tagsAll: tagLists,
    tagsNone: tagLists,
    createdByIds: some(...users.map(({ id }) => String(id)), '999999999999'),
    evaluationRuntime: fc.constantFrom('SERVER', 'CLIENT', 'ALL'),
    evaluationContexts: some('app', 'CHECKOUT', 'docs', 'none such'),
    hasEvaluationContexts: fc.boolean(),
    inExperiment: fc.boolean(),
    eligibleForExperiment: fc.boolean(),
    baselineVariantKey: fc.constantFrom('control', 'test', 'b', 'none such'),
    dependsOnId: fc.constantFrom(...all.slice(0, 4).map(({ flag }) => String(flag.id))),
    createdSince: fc.constantFrom(day(0), day(20), day(45), day(70)),
    updatedSince: fc.constantFrom(day(0), day(20), day(45), day(70)),
  }
  return fc
    .subarray(Object.keys(values) as (keyof Filter)[], { maxLength: 3 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, values[name]])) as never) as fc.Arbitrary<Filter>)
}

describe('the list', () => {
  it('has the flags that match every filter, in the order, with the right count', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter(), anyOrder, async (filter, orderBy) => {
        const answer = await ask(tenant, { ...filter, orderBy, first: 100 })
        expect(idsOf(answer), JSON.stringify(filter)).toEqual(expected(filter, orderBy))
        expect(answer.data.list.totalCount).toBe(expected(filter, orderBy).length)
      }),
      { numRuns: 400 },
    )
  })

  it('is the same page by page, forwards, backwards and by offset', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter(), anyOrder, fc.integer({ min: 1, max: 9 }), async (filter, orderBy, size) => {
        const whole = expected(filter, orderBy)
        const forwards: number[] = []
        for (let after: string | null = null, more = true; more; ) {
          const answer: Answer = await ask(tenant, { ...filter, orderBy, first: size, after })
          expect(answer.data.list.pageInfo.hasPreviousPage).toBe(forwards.length > 0)
          forwards.push(...idsOf(answer))
          after = answer.data.list.pageInfo.endCursor
          more = answer.data.list.pageInfo.hasNextPage
        }
        expect(forwards).toEqual(whole)
        const backwards: number[] = []
        for (let before: string | null = null, more = true; more; ) {
          const answer: Answer = await ask(tenant, { ...filter, orderBy, last: size, before })
          expect(answer.data.list.pageInfo.hasNextPage).toBe(backwards.length > 0)
          backwards.unshift(...idsOf(answer))
          before = answer.data.list.pageInfo.startCursor
          more = answer.data.list.pageInfo.hasPreviousPage
        }
        expect(backwards).toEqual(whole)
        const offset = Math.floor(whole.length / 2)
        expect(idsOf(await ask(tenant, { ...filter, orderBy, first: size, offset }))).toEqual(whole.slice(offset, offset + size))
      }),
      { numRuns: 25 },
    )
  })

  it('orders eligible flags by each value too', async () => {
    for (const field of Object.keys(orders)) {
      for (const direction of ['ASC', 'DESC']) {
        const eligible = `{ list: eligibleFeatureFlags(projectId: ${tenant.project.id}, first: 100, orderBy: { field: ${field}, direction: ${direction} }) {
          totalCount edges { node { databaseId } } } }`
        const answer = await run(tenant.key, eligible)
        const whole = expected({ eligibleForExperiment: true, includeArchived: true }, { field, direction })
        expect(idsOf(answer), field).toEqual(whole)
        expect(answer.data.list.totalCount).toBe(whole.length)
      }
    }
  })
})

describe('what a list of flags is asked for', () => {
  it.each([
    ['keys', { keys: Array(101).fill('a') }],
    ['keys', { keys: ['a'.repeat(401)] }],
    ['tagsAny', { tagsAny: Array(101).fill('a') }],
    ['tagsAll', { tagsAll: ['\0'] }],
    ['tagsNone', { tagsNone: Array(101).fill('a') }],
    ['statuses', { statuses: Array(101).fill('STALE') }],
    ['types', { types: Array(101).fill('BOOLEAN') }],
    ['createdByIds', { createdByIds: Array(101).fill('1') }],
    ['createdByIds', { createdByIds: ['somebody'] }],
    ['evaluationContexts', { evaluationContexts: Array(101).fill('a') }],
    ['search', { search: 'a'.repeat(401) }],
    ['keyPrefix', { keyPrefix: 'a'.repeat(401) }],
    ['baselineVariantKey', { baselineVariantKey: 'a'.repeat(401) }],
    ['dependsOnId', { dependsOnId: globalId('Experiment', 1) }],
    ['after', { after: 'no cursor' }],
    ['first', { first: 101 }],
  ])('is refused with the argument %s', async (argument, args) => {
    expect(getErrors(await ask(tenant, args))).toEqual([{ code: 'BAD_USER_INPUT', argument }])
  })

  it('is refused with a cursor of another order, or of another list', async () => {
    const orderBy = { field: 'KEY', direction: 'ASC' }
    const { data } = await ask(tenant, { orderBy, first: 1 })
    const after = data.list.pageInfo.endCursor
    expect(getErrors(await ask(tenant, { orderBy: { ...orderBy, direction: 'DESC' }, after }))).toEqual([
      { code: 'BAD_USER_INPUT', argument: 'after' },
    ])
    const eligible = `query ($after: String) { eligibleFeatureFlags(projectId: ${tenant.project.id}, after: $after, orderBy: { field: KEY, direction: ASC }) { totalCount } }`
    expect(getErrors(await run(tenant.key, eligible, { after }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
  })

  it('counts null as not given', async () => {
    const nothing = Object.fromEntries(Object.keys(types).map((name) => [name, null]))
    expect(idsOf(await ask(tenant, nothing))).toEqual(idsOf(await ask(tenant, {})))
  })

  it('finds nothing by the flag of another project, and does not tell whether it exists', async () => {
    const elsewhere = await seedFlag(db, await seedProject(db, tenant.organization))
    const stranger = await seedTenant(db)
    const hidden = await seedFlag(db, stranger.project)
    for (const id of [elsewhere.id, hidden.id, 2_000_000_000, 99_999_999_999]) {
      expect(idsOf(await ask(tenant, { dependsOnId: String(id) }))).toEqual([])
    }
  })

  it('needs the scope and the project', async () => {
    const key = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    expect(getErrors(await ask({ ...tenant, key }, {}))).toEqual([{ code: 'FORBIDDEN', argument: undefined }])
    const stranger = await seedTenant(db)
    expect(getErrors(await ask({ ...tenant, key: stranger.key }, {}))).toEqual([{ code: 'NOT_FOUND', argument: undefined }])
  })
})

describe('what a flag is found by', () => {
  let project: { id: number }
  const found = async (args: object) => idsOf(await ask({ key: tenant.key, project }, { ...args }))

  it('follows its experiments, contexts and creator, whoever changes those', async () => {
    project = await seedProject(db, tenant.organization)
    const person = await seedUser(db, tenant.organization, { firstName: 'Bea' })
    const [flag, other] = [await seedFlag(db, project, { createdById: person.id }), await seedFlag(db, project)]
    expect(await found({ inExperiment: true })).toEqual([])
    const experiment = await seedExperiment(db, flag)
    expect(await found({ inExperiment: true })).toEqual([flag.id])
    await db.experiment.update({ where: { id: experiment.id }, data: { featureFlagId: other.id } })
    expect(await found({ inExperiment: true })).toEqual([other.id])
    await db.experiment.update({ where: { id: experiment.id }, data: { deleted: true } })
    expect(await found({ inExperiment: false })).toEqual([other.id, flag.id])
    await db.experiment.update({ where: { id: experiment.id }, data: { deleted: false } })
    await db.experiment.delete({ where: { id: experiment.id } })
    expect(await found({ inExperiment: true })).toEqual([])

    const context = await db.evaluationContext.create({ data: { projectId: project.id, name: 'app' } })
    await db.featureFlagEvaluationContext.create({ data: { featureFlagId: flag.id, evaluationContextId: context.id } })
    expect(await found({ evaluationContexts: [' App '] })).toEqual([flag.id])
    await db.evaluationContext.update({ where: { id: context.id }, data: { name: 'shop' } })
    expect([await found({ evaluationContexts: ['app'] }), await found({ evaluationContexts: ['shop'] })]).toEqual([[], [flag.id]])
    await db.evaluationContext.delete({ where: { id: context.id } })
    expect(await found({ hasEvaluationContexts: false })).toEqual([other.id, flag.id])

    await db.featureFlag.update({
      where: { id: other.id },
      data: { createdById: (await seedUser(db, tenant.organization, { firstName: 'Ann' })).id },
    })
    const orderBy = { field: 'CREATED_BY', direction: 'ASC' }
    expect(await found({ orderBy })).toEqual([other.id, flag.id])
    await db.user.update({ where: { id: person.id }, data: { firstName: 'Abe' } })
    expect(await found({ orderBy })).toEqual([flag.id, other.id])
    await db.user.delete({ where: { id: person.id } })
    expect(await found({ orderBy })).toEqual([other.id, flag.id])
  })

  it('holds texts of any length, which no filter can ask for', async () => {
    project = await seedProject(db, tenant.organization)
    const long = 'ä'.repeat(9_000)
    const filters = {
      groups: [{ properties: [{ type: 'flag', key: long, value: true }] }],
      multivariate: { variants: [{ key: long, rollout_percentage: 100 }] },
    }
    const flag = await seedFlag(db, project, { tags: [long, 'ok'], filters })
    expect(await found({ tagsAll: ['ok'] })).toEqual([flag.id])
    expect(await found({ tagsAny: [long.slice(0, 400)] })).toEqual([])
  })

  it('is right for malformed filters', async () => {
    project = await seedProject(db, tenant.organization)
    const malformed = [
      {},
      { groups: null },
      { groups: {} },
      { groups: [null, 1, []] },
      { groups: [{ properties: 'all' }] },
      { multivariate: [] },
    ]
    const flags = []
    for (const filters of [...malformed, { multivariate: { variants: {} } }, { multivariate: { variants: [null, { key: 1 }] } }]) {
      flags.push(await seedFlag(db, project, { filters: filters as Prisma.InputJsonObject }))
    }
    expect((await found({ types: ['BOOLEAN'], statuses: ['ACTIVE'] })).length).toBe(flags.length)
    expect(await found({ eligibleForExperiment: true })).toEqual([])
    expect(controlAndTest).toBeDefined()
  })
})
