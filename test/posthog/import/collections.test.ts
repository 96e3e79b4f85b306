import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { importFiles } from '../../../src/posthog/import/importFiles.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

// The smaller collections, in the shapes of the REST API.

const { db } = await openTestDatabase()
let folder: string
let files = 0
let project: { id: number }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collections-test-'))
  return () => rm(folder, { recursive: true })
})

beforeEach(async () => {
  project = await seedProject(db, await seedOrganization(db))
})

async function file(content: unknown): Promise<string> {
  const path = join(folder, `${++files}.json`)
  await writeFile(path, JSON.stringify(content))
  return path
}

const page = (...results: unknown[]) => file({ count: results.length, next: null, previous: null, results })

async function imported(...paths: string[]) {
  const { report } = await importFiles(db, { files: paths, target: { project: String(project.id) } })
  return report
}

const person = { id: 7, uuid: '0190', first_name: 'Ada', email: 'Ada@example.com' }
const created = (count: number) => ({ created: count, updated: 0, unchanged: 0, skipped: 0 })
const updated = (count: number) => ({ created: 0, updated: count, unchanged: 0, skipped: 0 })

describe('cohorts', () => {
  const cohort = {
    ...{ id: 31, name: 'Beta', description: 'Early users', is_static: false, is_calculating: false, count: 40, deleted: false },
    ...{ filters: { properties: { type: 'AND', values: [] } }, query: null, created_by: person, created_at: '2026-11-01T10:00:00.123456Z' },
  }

  it('come in with their definition, their size and their creator', async () => {
    expect((await imported(await page(cohort))).counts.cohorts).toEqual(created(1))
    expect(await db.cohort.findFirst({ where: { projectId: project.id }, include: { createdBy: true } })).toMatchObject({
      ...{ name: 'Beta', description: 'Early users', isStatic: false, size: 40, importedId: 31, filters: cohort.filters, query: null },
      ...{ createdBy: { email: 'ada@example.com' }, createdAt: new Date('2026-11-01T10:00:00.123Z') },
    })
  })

  it('keep the people that an export told, where a page of the REST API does not', async () => {
    const own = { ...cohort, is_static: true, distinct_ids: ['b', 'a', 'a'] }
    await imported(await page(own))
    const people = () => db.cohortMember.findMany({ where: { cohort: { projectId: project.id } }, orderBy: { distinctId: 'asc' } })
    expect((await people()).map(({ distinctId }) => distinctId)).toEqual(['a', 'b'])
    const { distinct_ids, ...rest } = own
    expect((await imported(await page({ ...rest, name: 'Renamed' }))).counts.cohorts).toEqual(updated(1))
    expect(await people()).toHaveLength(2)
    expect((await imported(await page({ ...own, name: 'Renamed', distinct_ids: [] }))).counts.cohorts).toEqual(updated(1))
    expect(await people()).toEqual([])
  })

  it('are skipped where a field is wrong, with what would be right', async () => {
    const report = await imported(
      await page(cohort, { ...cohort, id: 32, filters: [] }, { ...cohort, id: 33, count: -1 }, { is_static: true }),
    )
    expect(report.counts.cohorts).toEqual({ ...created(1), skipped: 3 })
    expect(report.skipped.join('\n')).toMatch(/row 2 \(id 32\): filters must be an object/)
    expect(report.skipped.join('\n')).toMatch(/row 3 \(id 33\): count must be a whole number from 0/)
    expect(report.skipped.join('\n')).toMatch(/row 4: id must be a whole number/)
  })
})

describe('group types', () => {
  const company = { group_type: 'company', group_type_index: 0, name_singular: null, name_plural: 'companies' }

  it('come as a bare list, and change by their index', async () => {
    expect((await imported(await file([company]))).counts['group types']).toEqual(created(1))
    expect((await imported(await file([company]))).counts['group types']).toMatchObject({ unchanged: 1 })
    expect((await imported(await file([{ ...company, name_singular: 'Firm' }]))).counts['group types']).toEqual(updated(1))
    expect(await db.groupType.findMany({ where: { projectId: project.id } })).toEqual([
      { projectId: project.id, index: 0, name: 'company', singular: 'Firm', plural: 'companies' },
    ])
  })

  it('are skipped where the index is none, or another has the name', async () => {
    const report = await imported(await file([company, { ...company, group_type_index: 5 }, { ...company, group_type_index: 1 }]))
    expect(report.counts['group types']).toEqual({ ...created(1), skipped: 2 })
    expect(report.skipped.join('\n')).toContain('group_type_index must be a whole number from 0 to 4')
    expect(report.skipped.join('\n')).toContain('group_type must be unique: the group type with the index 0 has this name')
  })
})

describe('prompts', () => {
  const version = (n: number, fields = {}) => ({
    ...{ id: `0190a000-0000-7000-8000-${String(project.id).padStart(6, '0')}${String(n).padStart(6, '0')}`, name: 'Greeting' },
    ...{
      prompt: `Hello ${n}`,
      version: n,
      latest_version: 2,
      is_latest: true,
      deleted: false,
      created_at: '2026-11-01T10:00:00Z',
      ...fields,
    },
  })

  it('have one latest version, though a page lists only the latest of each name', async () => {
    await imported(await page(version(1)))
    expect((await imported(await page(version(2)))).counts.prompts).toEqual(created(1))
    const stored = await db.prompt.findMany({ where: { projectId: project.id }, orderBy: { version: 'asc' } })
    expect(stored.map(({ version, isLatest, prompt }) => [version, isLatest, prompt])).toEqual([
      [1, false, 'Hello 1'],
      [2, true, 'Hello 2'],
    ])
  })

  it('are skipped where the prompt is missing, or a deleted one is the latest', async () => {
    const report = await imported(await page(version(1), version(2, { prompt: null }), version(3, { deleted: true })))
    expect(report.counts.prompts).toEqual({ ...created(1), skipped: 2 })
    expect(report.skipped.join('\n')).toContain('prompt must not be null')
    expect(report.skipped.join('\n')).toContain('is_latest must be false while deleted is true')
  })
})

describe('surveys and product tours', () => {
  const flag = (id: number, key: string) => ({ id, key, filters: {} })
  const survey = () => ({
    ...{ id: crypto.randomUUID(), name: 'NPS', type: 'popover', archived: false, conditions: { url: 'https://example.com' } },
    ...{ linked_flag_id: 51, linked_flag: flag(51, 'linked'), targeting_flag: flag(52, 'targeting'), internal_targeting_flag: null },
    feature_flag_keys: [{ key: 'internal_response_sampling_flag_key', value: 'sampling' }],
  })
  const flags = () => page(flag(51, 'linked'), flag(52, 'targeting'), flag(53, 'sampling'))

  it('name flags of the same import, whatever the order of the files', async () => {
    const tour = { id: crypto.randomUUID(), name: 'Tour', content: {}, internal_targeting_flag: flag(51, 'linked'), archived: true }
    const report = await imported(await page(survey()), await page(tour), await flags())
    expect(report.counts.surveys).toEqual(created(1))
    expect(report.counts['product tours']).toEqual(created(1))
    expect(report.notes).toEqual([])
    const include = { linkedFlag: true, targetingFlag: true, internalTargetingFlag: true, internalResponseSamplingFlag: true }
    expect(await db.survey.findFirst({ where: { projectId: project.id }, include })).toMatchObject({
      ...{ url: 'https://example.com', linkedFlag: { key: 'linked' }, targetingFlag: { key: 'targeting' }, internalTargetingFlag: null },
      internalResponseSamplingFlag: { key: 'sampling' },
    })
    // The flag that a survey made for itself is not eligible for experiments.
    const targeting = await db.featureFlag.findFirst({ where: { projectId: project.id, key: 'targeting' } })
    expect(targeting?.ineligibility).toContain('USED_BY_SURVEY')
  })

  it('come without flags that the project does not have, and the report says which', async () => {
    const report = await imported(await page(survey()))
    expect(report.counts.surveys).toEqual(created(1))
    expect(report.notes.join('\n')).toContain('linked_flag_id: the project has no flag with the id 51. Import the flags too')
    expect(report.notes.join('\n')).toContain('internal_response_sampling_flag_key: the project has no such flag')
  })
})

describe('holdouts and saved metrics', () => {
  const holdout = { id: 61, name: 'Q4', description: null, filters: [{ properties: [], rollout_percentage: 5, variant: 'holdout-61' }] }
  const metric = {
    id: 71,
    name: 'Revenue',
    description: 'In euros',
    query: { kind: 'ExperimentMetric' },
    tags: ['money'],
    created_by: person,
  }
  const flag = { id: 81, key: 'flag', filters: {} }
  const experiment = {
    ...{ id: 91, name: 'An experiment', feature_flag_key: 'flag', feature_flag: { id: 81, key: 'flag' }, holdout },
    saved_metrics: [{ id: 1, saved_metric: 71, name: 'Old name', query: { kind: 'Old' }, metadata: { type: 'primary' } }],
  }

  it('of their own pages decide, not the copies in experiments', async () => {
    const report = await imported(await page(flag), await page(experiment), await page(metric), await page(holdout))
    expect(report.counts).toMatchObject({ holdouts: created(1), 'saved metrics': created(1), experiments: created(1) })
    expect(await db.savedMetric.findMany({ where: { projectId: project.id } })).toMatchObject([
      { name: 'Revenue', description: 'In euros', tags: ['money'], query: { kind: 'ExperimentMetric' }, importedId: 71 },
    ])
    const stored = await db.experiment.findFirst({ where: { projectId: project.id }, include: { holdout: true, savedMetrics: true } })
    expect(stored).toMatchObject({ holdout: { importedId: 61 }, savedMetrics: [{ metadata: { type: 'primary' } }] })
    // The second time, nothing changes.
    const again = await imported(await page(experiment), await page(metric), await page(holdout))
    expect(again.counts).toMatchObject({ holdouts: { unchanged: 1 }, 'saved metrics': { unchanged: 1 }, experiments: { unchanged: 1 } })
  })

  it('and actions can come alone', async () => {
    const action = {
      ...{ id: 41, name: 'Signed up', description: '', tags: [], steps: [{ event: 'signup', selector: null }], deleted: false },
      ...{ pinned_at: null, created_by: null, created_at: '2026-11-01T10:00:00Z' },
    }
    const report = await imported(await page(action, { ...action, id: 42, steps: {} }))
    expect(report.counts.actions).toEqual({ ...created(1), skipped: 1 })
    expect(report.skipped[0]).toContain('steps must be a list')
    expect(report.summary({ id: project.id, name: 'P' })).toMatch(/^actions +1 +0 +0 +1$/m)
    expect(report.summary({ id: project.id, name: 'P' })).not.toMatch(/^cohorts/m)
  })
})
