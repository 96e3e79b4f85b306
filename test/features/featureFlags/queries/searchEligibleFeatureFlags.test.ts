import { expect, it } from 'vitest'
import { seedTenant, testServer } from '../../../support/testServer.ts'

// A search goes several ways (src/database/keyset/searchStrategy.ts), and looks at more rows than the first ways do. With an offset it is the plain filter.

const { db, run } = await testServer()
const { key, project } = await seedTenant(db)
await db.$executeRaw`
  INSERT INTO feature_flags (project_id, key, name, filters, created_at)
  SELECT ${project.id}::int, 'flag-' || n, CASE WHEN n = 7 THEN 'A rare one' WHEN n % 3 = 0 THEN 'A common one'
      WHEN n % 700 NOT BETWEEN 10 AND 689 THEN 'At an end' WHEN n % 20 = 1 THEN 'A seldom one' ELSE 'Another' END,
    '{"multivariate": {"variants": [{"key": "control"}, {"key": "test"}]}}', timestamptz '2026-01-01 00:00Z' + (n % 700) * interval '1 hour'
  FROM generate_series(1, 3000) AS n`

async function idsOf(args: string): Promise<number[]> {
  const { data } = await run(key, `{ eligibleFeatureFlags(projectId: ${project.id}, ${args}) { nodes { databaseId } } }`)
  return data.eligibleFeatureFlags.nodes.map(({ databaseId }: { databaseId: number }) => databaseId)
}

it.each(['common', 'rare', 'flag-1', 'nowhere', 'A', '%', 'at an end', 'seldom'])("finds what a plain filter finds: '%s'", async (text) => {
  for (const order of ['CREATED_AT', 'NAME']) {
    for (const direction of ['ASC', 'DESC']) {
      const search = `search: "${text}", orderBy: { field: ${order}, direction: ${direction} }`
      const ids = await idsOf(`${search}, first: 60`)
      expect(ids.slice(1), `${order} ${direction}`).toEqual(await idsOf(`${search}, offset: 1, first: 59`))
      const mirrored = search.replace(direction, direction === 'ASC' ? 'DESC' : 'ASC')
      expect(await idsOf(`${search}, last: 60`)).toEqual((await idsOf(`${mirrored}, first: 60`)).toReversed())
    }
  }
})

it.each([
  ['common', 1_000],
  ['rare', 1],
  ['nowhere', 0],
])("counts what it finds: '%s'", async (text, count) => {
  const { data } = await run(key, `{ eligibleFeatureFlags(projectId: ${project.id}, search: "${text}", first: 1) { totalCount } }`)
  expect(data.eligibleFeatureFlags.totalCount).toBe(count)
})
