import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { Prisma } from '../../src/db/generated/client.ts'
import { createLog } from '../../src/log.ts'
import { createServer } from '../../src/server.ts'
import { connectSignals, signalsOf } from '../../src/signals/signals.ts'
import { seedProject } from '../support/seed.ts'
import { testDatabase } from '../support/testDatabase.ts'
import { seedTenant } from '../support/testServer.ts'

// How the database carries out the statements that the server really sends, over a few thousand rows.

const { db } = await testDatabase()

let sent: Prisma.Sql[] = []
const overheard = new Proxy(db, {
  get: (client, name) => {
    if (name !== '$queryRaw') return Reflect.get(client, name, client)
    return (statement: Prisma.Sql) => {
      sent.push(statement)
      return client.$queryRaw(statement)
    }
  },
})
connectSignals(overheard, signalsOf(db))
const server = createServer({
  db: overheard,
  config: { ...readConfig({}), rateLimitPerMinute: 0, rateLimitPerHour: 0 },
  clock: () => new Date('2026-11-20T12:00:00Z'),
  log: createLog({ logLevel: 'silent' }),
  demoKey: null,
})

const tenant = await seedTenant(db)
const projects = [tenant.project]
while (projects.length < 10) projects.push(await seedProject(db, tenant.organization))
for (const [index, { id }] of projects.entries()) {
  const count = index === 0 ? 2_000 : 200
  // Three in ten are eligible, as in the wild.
  await db.$executeRaw`
    INSERT INTO feature_flags (project_id, key, name, filters, created_at)
    SELECT ${id}::int, 'key-' || md5(n::text), 'Name ' || n % 50,
      CASE WHEN n % 10 < 3 THEN '{"multivariate": {"variants": [{"key": "control"}, {"key": "test"}]}}'::jsonb ELSE '{}' END,
      timestamptz '2026-01-01 00:00Z' + (n % 400) * interval '1 hour'
    FROM generate_series(1, ${count}::int) AS n`
  await db.$executeRaw`
    INSERT INTO experiments (project_id, feature_flag_id, name, archived, created_at, updated_at, start_date, end_date)
    SELECT project_id, id, name, id % 3 = 0, created_at, created_at,
      CASE WHEN id % 4 > 0 THEN created_at + interval '1 day' END, CASE WHEN id % 4 > 1 THEN created_at + interval '2 days' END
    FROM feature_flags WHERE project_id = ${id}::int`
}
await db.$executeRaw`ANALYZE`

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: Plan[]
}

/** A node of a plan, with the types of the nodes it works for, the nearest first. */
interface Step {
  plan: Plan
  above: string[]
}

function stepsOf(plan: Plan, above: string[] = []): Step[] {
  return [{ plan, above }, ...(plan.Plans ?? []).flatMap((inner) => stepsOf(inner, [plan['Node Type'], ...above]))]
}

async function planOf(statement: Prisma.Sql): Promise<Step[]> {
  const [row] = await db.$queryRaw<Record<'QUERY PLAN', { Plan: Plan }[]>[]>(Prisma.sql`EXPLAIN (FORMAT JSON) ${statement}`)
  const plan = row?.['QUERY PLAN'][0]?.Plan
  if (plan === undefined) throw new Error('No plan came back.')
  return stepsOf(plan)
}

/** Runs an operation, and tells its answer and the hand-written statements it took. */
async function run(query: string) {
  sent = []
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}` },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = await response.json()
  expect(errors).toBeUndefined()
  return { data, statements: sent }
}

const pageOf = (statements: Prisma.Sql[]) => {
  const pages = statements.filter(({ sql }) => sql.includes('"rank"'))
  expect(pages).toHaveLength(1)
  return pages[0] ?? Prisma.empty
}

/** Reads the rows from this index, in its order, and stops when the page is full. */
function expectReadFrom(steps: Step[], table: string, index: string) {
  const reads = steps.filter(({ plan }) => plan['Relation Name'] === table)
  expect(reads.map(({ plan }) => plan['Index Name'])).toEqual([index])
  const above = reads[0]?.above ?? []
  expect(above).toContain('Limit')
  expect(above.slice(0, above.indexOf('Limit'))).not.toContain('Sort')
  expect(above.slice(0, above.indexOf('Limit'))).not.toContain('Incremental Sort')
  return reads[0]?.plan
}

describe.each([
  { list: 'eligibleFeatureFlags', table: 'feature_flags', field: 'CREATED_AT', index: 'feature_flags_eligible_created_at_idx' },
  { list: 'eligibleFeatureFlags', table: 'feature_flags', field: 'KEY', index: 'feature_flags_eligible_key_idx' },
  { list: 'eligibleFeatureFlags', table: 'feature_flags', field: 'NAME', index: 'feature_flags_eligible_name_idx' },
  { list: 'experiments', table: 'experiments', field: 'CREATED_AT', index: 'experiments_created_at_idx' },
  { list: 'experiments', table: 'experiments', field: 'UPDATED_AT', index: 'experiments_updated_at_idx' },
  { list: 'experiments', table: 'experiments', field: 'NAME', index: 'experiments_name_idx' },
  { list: 'experiments', table: 'experiments', field: 'START_DATE', index: 'experiments_start_date_idx' },
  { list: 'experiments', table: 'experiments', field: 'END_DATE', index: 'experiments_end_date_idx' },
])('$list by $field', ({ list, table, field, index }) => {
  const page = (args: string, selection = 'nodes { id }') =>
    `{ ${list}(projectId: ${tenant.project.id}, orderBy: { field: ${field}, ${args}) { ${selection} } }`

  it.each(['ASC', 'DESC'])('%s: reads the first and the last page in the order of its index', async (direction) => {
    for (const end of ['first', 'last']) {
      const { statements } = await run(page(`direction: ${direction} }, ${end}: 20`))
      expectReadFrom(await planOf(pageOf(statements)), table, index)
    }
  })

  it.each(['ASC', 'DESC'])('%s: goes to a deep place in its index, and tells from there what lies on the other side', async (direction) => {
    const { data } = await run(page(`direction: ${direction} }, offset: 300, first: 1`, 'edges { cursor }'))
    const { cursor } = data[list].edges[0]
    for (const place of [`first: 20, after: "${cursor}"`, `last: 20, before: "${cursor}"`]) {
      const { statements } = await run(page(`direction: ${direction} }, ${place}`, 'pageInfo { hasNextPage hasPreviousPage }'))
      const read = expectReadFrom(await planOf(pageOf(statements)), table, index)
      expect(read?.['Index Cond']).toMatch(/ROW\(/)

      const probes = statements.filter(({ sql }) => sql.includes('IS NOT NULL AS any'))
      expect(probes).toHaveLength(1)
      const probe = expectReadFrom(await planOf(probes[0] ?? Prisma.empty), table, index)
      expect(probe?.['Index Cond']).toMatch(/ROW\(/)
    }
  })
})

it('the pages of several projects are each read in the order of the index', async () => {
  const { statements } = await run('{ viewer { projects { nodes { eligibleFeatureFlags(first: 5) { nodes { id } } } } } }')
  const flags = statements.filter(({ sql }) => sql.includes('feature_flags'))
  expectReadFrom(await planOf(pageOf(flags)), 'feature_flags', 'feature_flags_eligible_created_at_idx')
})

it('the experiments of a page of flags are each read from the index of the flag', async () => {
  const { statements } = await run(
    `{ eligibleFeatureFlags(projectId: ${tenant.project.id}) { nodes { experiments(first: 5) { nodes { id } } } } }`,
  )
  const experiments = statements.filter(({ sql }) => sql.includes('FROM experiments e'))
  expectReadFrom(await planOf(pageOf(experiments)), 'experiments', 'experiments_of_flag_idx')
})

describe('a search', async () => {
  const { id } = await seedProject(db, tenant.organization)
  await db.$executeRaw`
    INSERT INTO feature_flags (project_id, key, name, filters, created_at)
    SELECT ${id}::int, 'flag-' || n, CASE WHEN n = 7 THEN 'A rare one' WHEN n % 3 = 0 THEN 'A common one' ELSE 'Another' END,
      '{"multivariate": {"variants": [{"key": "control"}, {"key": "test"}]}}', timestamptz '2026-01-01 00:00Z' + (n % 700) * interval '1 hour'
    FROM generate_series(1, 20000) AS n`
  await db.$executeRaw`ANALYZE feature_flags`

  const page = async (args: string) => {
    const { data, statements } = await run(`{ eligibleFeatureFlags(projectId: ${id}, ${args}) { nodes { databaseId } } }`)
    const pages = statements.filter(({ sql }) => sql.includes('"rank"'))
    return { ids: data.eligibleFeatureFlags.nodes.map((node: { databaseId: number }) => node.databaseId) as number[], pages }
  }

  it('finds a common text among the next rows in the order of the index', async () => {
    const { ids, pages } = await page('search: "common", first: 20')
    expect(ids).toHaveLength(20)
    expect(pages).toHaveLength(1)
    expectReadFrom(await planOf(pages[0] ?? Prisma.empty), 'feature_flags', 'feature_flags_eligible_created_at_idx')
  })

  it('finds a rare text by the index of texts', async () => {
    const { ids, pages } = await page('search: "rare", first: 20')
    expect(ids).toHaveLength(1)
    expect(pages).toHaveLength(2)
    const reads = (await planOf(pages[1] ?? Prisma.empty)).map(({ plan }) => plan['Index Name'])
    expect(reads).toContain('feature_flags_eligible_search_idx')
  })

  it.each(['common', 'rare', 'flag-1', 'nowhere', 'A', '%'])("finds by both what a plain filter finds: '%s'", async (text) => {
    for (const order of ['CREATED_AT', 'NAME']) {
      for (const direction of ['ASC', 'DESC']) {
        const search = `search: "${text}", orderBy: { field: ${order}, direction: ${direction} }`
        const { ids } = await page(`${search}, first: 60`)
        // With an offset, the statement is the plain one.
        const rest = await page(`${search}, offset: 1, first: 59`)
        expect(ids.slice(1), `${order} ${direction}`).toEqual(rest.ids)
        const backwards = await page(`${search}, last: 60`)
        const mirrored = await page(`${search.replace(direction, direction === 'ASC' ? 'DESC' : 'ASC')}, first: 60`)
        expect(backwards.ids).toEqual(mirrored.ids.toReversed())
      }
    }
  })
})
