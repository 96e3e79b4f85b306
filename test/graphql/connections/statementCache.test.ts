import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seedExperiment, seedFlag, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// The statements of a list without a filter are kept with the operation that asks for it, for whoever asks again with other variables.

const { db, run } = await testServer()
const tenant = await seedTenant(db)
const projects = [tenant.project, await seedProject(db, tenant.organization)]
for (const [nth, project] of projects.entries()) {
  for (let n = 0; n < 7 + nth; n++) {
    const flag = await seedFlag(db, project, { name: `${n % 3}`, active: n % 2 === 0, createdAt: new Date(Date.UTC(2026, 9, 1 + (n % 4))) })
    if (n % 3 === 0) await seedExperiment(db, flag)
  }
}

const list = `eligibleFeatureFlags(
    projectId: $projectId, first: $first, last: $last, after: $after, before: $before, offset: $offset, orderBy: $orderBy, active: $active,
    search: $search
  )`
const operation = (selection: string) => `
  query (
    $projectId: ID!, $first: Int, $last: Int, $after: String, $before: String, $offset: Int, $orderBy: FeatureFlagOrder, $active: Boolean,
    $search: String
  ) { ${list} { ${selection} } }`

const selections = [
  'edges { cursor node { key } } pageInfo { hasNextPage hasPreviousPage }',
  'totalCount nodes { key name createdBy { email } experiments(first: 2) { nodes { name } } evaluationContexts }',
]
const cursors = new Map<string, string[]>()
const orders = [null, ...['CREATED_AT', 'KEY', 'NAME'].flatMap((field) => ['ASC', 'DESC'].map((direction) => ({ field, direction })))]
for (const orderBy of orders) {
  for (const { id } of projects) {
    const { data } = await run(tenant.key, operation('edges { cursor }'), { projectId: globalId('Project', id), orderBy })
    cursors.set(
      `${id} ${JSON.stringify(orderBy)}`,
      data.eligibleFeatureFlags.edges.map(({ cursor }: { cursor: string }) => cursor),
    )
  }
}

it('answers an operation that comes again with other variables as one that never came before', async () => {
  const place = fc.option(fc.nat({ max: 6 }), { freq: 2 })
  const asked = fc.record({
    selection: fc.constantFrom(...selections),
    project: fc.constantFrom(...projects),
    orderBy: fc.constantFrom(...orders),
    size: fc.integer({ min: 1, max: 9 }),
    backwards: fc.boolean(),
    after: place,
    before: place,
    offset: fc.option(fc.nat({ max: 9 }), { freq: 2 }),
    active: fc.constantFrom(null, null, null, true, false),
    search: fc.constantFrom(null, null, null, '', '1'),
  })
  let comes = 0
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 6 }), async (questions) => {
      for (const { selection, project, orderBy, size, backwards, after, before, offset, active, search } of questions) {
        const places = cursors.get(`${project.id} ${JSON.stringify(orderBy)}`) ?? []
        const paged = after !== null || before !== null || backwards
        const variables = {
          projectId: globalId('Project', project.id),
          orderBy,
          active,
          search,
          [backwards ? 'last' : 'first']: size,
          after: after === null ? null : places[after],
          before: before === null ? null : places[before],
          offset: paged ? null : offset,
        }
        const again = await run(tenant.key, operation(selection), variables)
        const anew = await run(tenant.key, `${operation(selection)} # ${++comes}`, variables)
        expect(again.errors).toBeUndefined()
        expect(again).toEqual(anew)
      }
    }),
    { numRuns: 40 },
  )
})
