import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedUser } from '../support/seed.ts'
import { type Answer, seedTenant, testServer } from '../support/testServer.ts'

// A page of flags reads what is selected of them in its own statement. The same flags, read by their ids, load it bit by bit: the plain way.

const { db, run, time, statements, countStatements } = await testServer({ maxOperationCost: 1_000_000, accessCacheSeconds: 0 })
const tenant = await seedTenant(db)
const { project, organization, user } = tenant
const lastUsedAt = time.now
const keys = {
  all: await seedKey(db, user, { lastUsedAt }),
  flagsOnly: await seedKey(db, user, { lastUsedAt, scopes: ['feature_flag:read'] }),
}
const colleague = await seedUser(db, organization, { firstName: 'Zoë "Z" \\ 😀', email: 'zoe@example.com' })
const gone = await seedUser(db, organization)
const contexts = await Promise.all(
  ['web', 'app', '\u{1F600}', '\uFFFC', 'a "b"'].map((name) => db.evaluationContext.create({ data: { projectId: project.id, name } })),
)
for (let n = 0; n < 8; n++) {
  const flag = await seedFlag(db, project, {
    key: `flag-${n}`,
    filters: { ...controlAndTest, payloads: { control: `"${n}"` } },
    hasEncryptedPayloads: n === 3,
    isRemoteConfiguration: n === 3,
    createdById: [null, user.id, colleague.id, gone.id][n % 4] ?? null,
    lastModifiedById: n % 3 === 0 ? colleague.id : null,
    updatedAt: n % 2 === 0 ? new Date('2026-11-01T10:00:00.123Z') : null,
  })
  const links = contexts.slice(0, n % 6).map(({ id }) => ({ featureFlagId: flag.id, evaluationContextId: id }))
  await db.featureFlagEvaluationContext.createMany({ data: links })
  for (let e = 0; e < (n * 2) % 5; e++) {
    await seedExperiment(db, flag, {
      name: `Experiment ${e} "\\\n😀`,
      description: e % 2 === 0 ? '' : 'long',
      createdById: e % 2 === 0 ? user.id : null,
      createdAt: new Date(Date.UTC(2026, 9, 1 + (e % 2), 0, 0, 0, e)),
      startDate: e % 3 === 0 ? null : new Date('0001-01-01T00:00:00.001Z'),
      endDate: e % 3 === 2 ? new Date('2026-11-02T23:59:59.999Z') : null,
      conclusion: e % 3 === 2 ? 'won' : null,
      deleted: e === 3,
      archived: e === 2,
    })
  }
}
await db.user.delete({ where: { id: gone.id } })

const person = fc.constantFrom('id', 'databaseId', 'firstName email').map((fields) => `{ ${fields} }`)
const pageInfo = '{ hasNextPage hasPreviousPage startCursor endCursor }'
const experiment = fc.constantFrom(
  'id name status',
  'databaseId description type startDate endDate archived conclusion conclusionComment createdAt updatedAt',
  'createdBy { email } featureFlag { key createdBy { email } evaluationContexts }',
  'parameters metrics metricsSecondary statsConfig exposureCriteria',
  'project { name } activity(first: 1) { totalCount } pendingChangeRequests(first: 1) { totalCount }',
)
const experiments = fc
  .record({
    args: fc.constantFrom('', '', '(first: 1)', '(first: $first)', '(last: 2)', '(first: 2, after: null)', '(first: 0)', '(first: 1000)'),
    inside: fc.oneof(
      experiment.map((fields) => `nodes { ${fields} }`),
      experiment.map((fields) => `edges { cursor node { ${fields} } } pageInfo ${pageInfo}`),
      fc.constant(`totalCount pageInfo ${pageInfo}`),
    ),
  })
  .map(({ args, inside }) => `experiments${args} { ${inside} }`)

const plain = fc.oneof(
  fc.constantFrom('key name active', 'evaluationContexts', 'filters', 'variants { key payload }', 'rolloutPercentage', 'tags updatedAt'),
  fc.constantFrom('project { name }', 'projectId', 'createdAt version', 'archived deleted evaluationRuntime', 'ensureExperienceContinuity'),
  fc.constantFrom('activity(first: 1) { nodes { id } }', 'pendingChangeRequests(first: 1) { nodes { id } }'),
  fc.constantFrom('createdBy', 'lastModifiedBy').chain((name) => person.map((fields) => `${name} ${fields}`)),
  experiments,
  fc.constant('experimentEligibility { eligible reasons }'),
)
/** Fields as operations have them: under other names, skipped, in fragments of every kind. */
const selection = fc
  .array(
    fc.record({
      fields: plain,
      form: fc.constantFrom(
        (fields: string) => fields,
        (fields: string, alias: string) => `${alias}: ${fields}`,
        (fields: string) => `... on FeatureFlag @include(if: $yes) { ${fields} }`,
        (fields: string) => `... @skip(if: $yes) { ${fields} }`,
        (fields: string) => `... @include(if: $no) { ${fields} }`,
        (fields: string, alias: string) => `... on Node { ... on FeatureFlag { ${alias}: ${fields} } }`,
      ),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((fields) => fields.map(({ fields: text, form }, n) => form(text, `alias${n}`)).join(' '))

const declared = 'query ($project: ID!, $ids: [ID!]! = [], $first: Int, $yes: Boolean! = true, $no: Boolean! = false)'
/** Every variable has to be used. */
const unused =
  'unused: eligibleFeatureFlags(projectId: $project, first: $first) @skip(if: $yes) { nodes { id } } __typename @include(if: $no)'
const list = (fields: string, shape: string) =>
  `${declared} { page: eligibleFeatureFlags(projectId: $project, first: 8) { ${shape === 'edges' ? `edges { node { id ...F } }` : 'nodes { id ...F }'} }
     again: nodes(ids: $ids) { id } ${unused} } fragment F on FeatureFlag { ${fields} }`
const byId = (fields: string) =>
  `${declared} { page: nodes(ids: $ids) { ... on FeatureFlag { id ...F } } ${unused} }
   fragment F on FeatureFlag { ${fields} }`

/** What is told of each flag; errors without the path, which the two operations share no part of but its end. */
function told({ data, errors }: Answer) {
  const flags = data?.page?.nodes ?? data?.page?.edges?.map(({ node }: { node: unknown }) => node) ?? data?.page ?? null
  const what = [...new Set(errors?.map(({ message, path }) => `${message} at ${path?.filter((part) => typeof part === 'string').at(-1)}`))]
  return { flags, errors: what.sort() }
}

describe('what is read along with a page of flags', () => {
  it('is what the flags themselves tell, whatever is selected and by whom', async () => {
    const variables = { project: String(project.id), first: 2 }
    const page = await run(keys.all, list('key', 'nodes'), variables)
    const ids = page.data.page.nodes.map(({ id }: { id: string }) => id)
    expect(ids).toHaveLength(8)
    let answered = 0
    await fc.assert(
      fc.asyncProperty(
        selection,
        fc.constantFrom('nodes', 'edges'),
        fc.constantFrom(keys.all, keys.all, keys.flagsOnly),
        async (fields, shape, key) => {
          const [along, alone] = [
            await run(key, list(fields, shape), { ...variables, ids }),
            await run(key, byId(fields), { ...variables, ids }),
          ]
          // Without one flag's experiments neither list is there: a list of flags has no nulls, a list of nodes has.
          if (alone.data === undefined || alone.data?.page?.includes(null)) {
            expect(told(along).errors).toEqual(told(alone).errors)
          } else {
            answered++
            expect(told(along)).toEqual(told(alone))
          }
        },
      ),
      { numRuns: 150 },
    )
    expect(answered).toBeGreaterThan(50)
  })

  it('is not taken for another selection of the same field', async () => {
    const ask = async (fields: string) =>
      (await run(keys.all, list(fields, 'nodes'), { project: String(project.id), first: 2 })).data.page.nodes
    const [plain, again] = [
      await ask('experiments(first: 2) { nodes { description } }'),
      await ask('experiments(first: 2) { nodes { featureFlag { experiments(first: 2) { nodes { description } } } } }'),
    ]
    for (const [index, { experiments }] of again.entries()) {
      for (const { featureFlag } of experiments.nodes) expect(featureFlag.experiments).toEqual(plain[index].experiments)
    }
  })

  it('takes no statement of its own', async () => {
    const ask = (fields: string) =>
      countStatements(async () => {
        const { errors } = await run(keys.all, list(fields, 'nodes'), { project: String(project.id), first: 2 })
        expect(errors).toBeUndefined()
      })
    const bare = await ask('key')
    const all = 'filters createdBy { email } lastModifiedBy { email } evaluationContexts experiments(first: $first) { nodes { name } }'
    expect(await ask(all), statements.join('\n')).toBe(bare)
    // Two pages of experiments, or one that is not the first, are read by themselves.
    expect(await ask(`${all} more: experiments { nodes { name } }`)).toBe(bare + 2)
    expect(await ask('experiments(last: 1) { nodes { name } }')).toBe(bare + 1)
  })
})

it('one operation is read by what its variables and the key say, each time that it comes', async () => {
  const query = `query ($with: Boolean!, $first: Int) { eligibleFeatureFlags(projectId: ${project.id}, first: 3) {
    nodes { key name @include(if: $with) ...More @include(if: $with) }
  } }
  fragment More on FeatureFlag { createdBy { email } experiments(first: $first) { nodes { name } } }`
  const fixed = `{ eligibleFeatureFlags(projectId: ${project.id}, first: 3) { nodes { key experiments(first: 1) { nodes { name } } } } }`
  const ask = async (key: string, variables: object) => (await run(key, query, { ...variables })).data.eligibleFeatureFlags?.nodes
  const plainly = async (first: number) =>
    (await run(keys.all, query.replaceAll('$with', '$w').replaceAll('$first', '$f'), { w: true, f: first })).data.eligibleFeatureFlags.nodes

  for (const first of [1, 2, 1]) expect(await ask(keys.all, { with: true, first })).toEqual(await plainly(first))
  expect(Object.keys((await ask(keys.all, { with: false }))[0])).toEqual(['key'])
  for (const turn of [1, 2]) {
    expect((await run(keys.all, fixed)).errors, `turn ${turn}`).toBeUndefined()
    const refused = await run(keys.flagsOnly, fixed)
    expect(refused.data.eligibleFeatureFlags?.nodes ?? null).toBeNull()
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  }
})
