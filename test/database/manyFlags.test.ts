import { beforeAll, describe, expect, inject, it } from 'vitest'
import { explainPlan, getScans } from '../support/plans.ts'
import { seedFlag } from '../support/seed.ts'
import { createRecordingServer } from '../support/statementRecorder.ts'
import { openTestDatabase } from '../support/testDatabase.ts'
import { seedTenant } from '../support/testServer.ts'

// Each filter of the list of flags holds with each order, both ways, on a project of 200,000 flags: no statement reads a table of flags as a
// whole for a page. What the statements cost is kept by plans.test.ts.

const flagCount = 200_000
// The embedded database would take minutes to fill, and plans in the same way.
const embedded = inject('archive') !== ''

const { db, pubSub } = await openTestDatabase()
const { project, user, key } = await seedTenant(db)
const { id: needed } = await seedFlag(db, project, { key: 'flag-2' })
const run = createRecordingServer({ db, pubSub, transactionSlots: null }, new Date('2026-11-20T12:00:00Z'))

async function seedFlags() {
  await db.$executeRaw`
    INSERT INTO feature_flags (project_id, key, name, active, archived, deleted, filters, tags, created_by_id, created_at, updated_at)
    SELECT ${project.id}::int, 'flag-' || n, 'Name ' || n * 7919 % ${flagCount}::int, n % 3 > 0, n % 3 = 0 AND n % 5 = 0, n % 50 = 0,
      CASE WHEN n % 100 = 1 THEN '{"groups": [{"properties": [{"type": "flag", "key": "flag-2", "value": true}]}]}'::jsonb
        WHEN n % 2 = 0 THEN '{"groups": [{"properties": [], "rollout_percentage": 100}]}' ELSE '{}' END,
      CASE WHEN n % 1000 = 1 THEN ARRAY['rare'] WHEN n % 4 = 0 THEN ARRAY['common'] ELSE '{}' END, ${user.id}::int,
      timestamptz '2026-01-01 00:00Z' + n * interval '1 minute',
      timestamptz '2026-06-01 00:00Z' + n * 7919 % ${flagCount}::int * interval '1 minute'
    FROM generate_series(3, ${flagCount}::int) AS n`
  await db.$executeRaw`
    INSERT INTO experiments (project_id, feature_flag_id, name)
    SELECT project_id, id, key FROM feature_flags WHERE project_id = ${project.id}::int AND id % 200 = 3`
  await db.$executeRawUnsafe('VACUUM ANALYZE feature_flags, experiments')
}

const filters = {
  ...{ none: '', search: 'search: "name 4711"', keys: 'keys: ["flag-1", "no-such"]', keyPrefix: 'keyPrefix: "flag-12"' },
  ...{ active: 'active: true', archived: 'archived: true', includeArchived: 'includeArchived: true', deleted: 'deleted: true' },
  ...{
    statuses: 'statuses: [STALE]',
    types: 'types: [MULTIVARIATE]',
    tagsAny: 'tagsAny: ["rare"]',
    tagsAll: 'tagsAll: ["rare", "common"]',
  },
  ...{ tagsNone: 'tagsNone: ["common"]', createdByIds: `createdByIds: [${user.id}]`, evaluationRuntime: 'evaluationRuntime: ALL' },
  ...{ evaluationContexts: 'evaluationContexts: ["web"]', hasEvaluationContexts: 'hasEvaluationContexts: true' },
  ...{ inExperiment: 'inExperiment: true', eligibleForExperiment: 'eligibleForExperiment: true' },
  ...{ baselineVariantKey: 'eligibleForExperiment: true, baselineVariantKey: "b"', dependsOnId: `dependsOnId: ${needed}` },
  ...{ createdSince: 'createdSince: "2026-05-18T00:00:00Z"', updatedSince: 'updatedSince: "2026-10-16T00:00:00Z"' },
}
/** Filters that most flags meet. They are all in this project, so that counting them reads the table, which is the cheapest way. */
const metByMost = ['active', 'tagsNone', 'createdByIds', 'evaluationRuntime']
const orders = ['CREATED_AT', 'KEY', 'NAME', 'UPDATED_AT', 'LAST_CALLED_AT', 'ACTIVE', 'CREATED_BY']

describe.runIf(!embedded)('the list of 200,000 flags', () => {
  beforeAll(seedFlags, 600_000)

  it.each(Object.entries(filters))('by %s reads no flags as a whole, in any order', { timeout: 300_000 }, async (name, filter) => {
    const whole: string[] = []
    for (const field of orders) {
      for (const direction of ['ASC', 'DESC']) {
        const list = `featureFlags(projectId: ${project.id}, first: 20, orderBy: { field: ${field}, direction: ${direction} } ${filter === '' ? '' : `, ${filter}`})`
        const { errors, statements } = await run(
          key,
          `{ ${list} { ${field === 'KEY' && !metByMost.includes(name) ? 'totalCount' : ''} nodes { key } } }`,
        )
        expect(errors).toBeUndefined()
        for (const statement of statements.filter(({ sql }) => sql.includes('feature_flags'))) {
          const scans = getScans(await explainPlan(db, statement))
          const scanned = scans.filter((scan) => scan['Node Type'] === 'Seq Scan').map((scan) => scan['Relation Name'])
          if (scanned.some((table) => table === 'feature_flags' || table === 'experiments')) whole.push(`${field} ${direction}: ${scanned}`)
        }
      }
    }
    expect(whole).toEqual([])
  })
})
