import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../../src/database/client.ts'
import { Prisma } from '../../../src/database/generated/client.ts'
import { exportProject } from '../../../src/posthog/export/exportProject.ts'
import { importFiles } from '../../../src/posthog/import/importFiles.ts'
import { noProgress } from '../../../src/posthog/import/progress.ts'
import { controlAndTest, seedExperiment, seedFlag, seedOrganization, seedProject, seedUser } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

const { db } = await openTestDatabase()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-test-'))
  return () => rm(folder, { recursive: true })
})

let folders = 0
const newFolder = () => join(folder, `${++folders}`)

/** The files of an export, by name. */
async function contents(path: string): Promise<Record<string, string>> {
  const names = await readdir(path)
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'utf8')])))
}

async function exported(from: Db, projectId: number): Promise<{ path: string; files: Record<string, string> }> {
  const path = newFolder()
  await exportProject(from, { project: String(projectId), folder: path, progress: noProgress })
  return { path, files: await contents(path) }
}

/** Imports an export into a new project, in a database with nothing in it unless one is given. */
async function importedAgain(path: string, into?: Db) {
  const target = into ?? (await openTestDatabase()).db
  await seedOrganization(target)
  const organization = await seedOrganization(target)
  const files = (await readdir(path)).map((name) => join(path, name))
  const { project, report } = await importFiles(target, { files, target: { createProject: 'Copy', organization: organization.id } })
  return { db: target, project, report }
}

const rowsOf = (text = '') => JSON.parse(text).results as Record<string, unknown>[]

/** A project with rows of every kind. */
async function seedEverything() {
  const organization = await seedOrganization(db)
  const user = await seedUser(db, organization)
  const { id: projectId } = await seedProject(db, organization)
  const project = await db.project.update({
    where: { id: projectId },
    data: {
      ...{ timezone: 'Europe/Berlin', flagsPersistenceDefault: true, requireEvaluationContexts: true, requireTags: true },
      ...{ defaultExperimentStatsMethod: 'frequentist', defaultExperimentConfidenceLevel: 0.9, defaultOnlyCountMaturedUsers: true },
      matchingVersion: 2,
    },
  })
  const by = { projectId: project.id, createdById: user.id }
  await db.groupType.createMany({
    data: [
      { projectId: project.id, index: 0, name: 'company', singular: 'Company', plural: 'Companies' },
      { projectId: project.id, index: 3, name: 'workspace' },
    ],
  })
  const cohort = await db.cohort.create({
    data: { ...by, name: 'Beta', filters: { properties: { type: 'AND', values: [{ key: 'plan', value: 'pro' }] } }, size: 12 },
  })
  const frozen = await db.cohort.create({
    data: { ...by, isStatic: true, size: 2, members: { create: [{ distinctId: 'b' }, { distinctId: 'a "quoted"' }] } },
  })
  await db.action.create({ data: { ...by, name: 'Signed up', tags: ['growth'], steps: [{ event: 'signup' }, { event: null }] } })
  const holdout = await db.holdout.create({
    data: { ...by, name: 'Q4', filters: [{ properties: [], rollout_percentage: 2.5, variant: 'holdout-1' }] },
  })
  const metric = await db.savedMetric.create({
    data: { ...by, name: 'Revenue', query: { kind: 'ExperimentMetric', metric_type: 'mean' }, tags: ['money'] },
  })
  for (const version of [1, 2]) {
    await db.prompt.create({
      data: { projectId: project.id, name: 'Greeting', prompt: `Hello ${version}`, version, isLatest: version === 2 },
    })
  }
  const flag = await seedFlag(db, project, {
    createdById: user.id,
    lastModifiedById: user.id,
    filters: { ...controlAndTest, groups: [{ properties: [{ type: 'cohort', key: 'id', value: cohort.id }], rollout_percentage: 50 }] },
    tags: ['b', 'a'],
    lastCalledAt: new Date('2026-11-19T01:02:03.004Z'),
    isUsedInReplaySettings: true,
  })
  await db.project.update({
    where: { id: projectId },
    data: { testAccountFilters: [{ key: 'id', type: 'cohort', value: cohort.id, operator: 'not_in' }] },
  })
  const context = await db.evaluationContext.create({ data: { projectId: project.id, name: 'web' } })
  await db.evaluationContext.createMany({
    data: [
      { projectId, name: 'unused' },
      { projectId, name: 'app', isDefault: true },
    ],
  })
  await db.featureFlagEvaluationContext.create({ data: { featureFlagId: flag.id, evaluationContextId: context.id } })
  const deleted = await seedFlag(db, project, { key: 'gone', deleted: true })
  await seedFlag(db, project, { key: 'gone' })
  await db.survey.create({
    data: {
      ...{ projectId: project.id, name: 'NPS', url: 'https://example.com/nps' },
      ...{ linkedFlagId: flag.id, targetingFlagId: deleted.id, internalResponseSamplingFlagId: flag.id },
    },
  })
  await db.productTour.create({ data: { projectId: project.id, name: 'Tour', archived: true, internalTargetingFlagId: flag.id } })
  const experiment = await seedExperiment(db, flag, {
    ...{ createdById: user.id, holdoutId: holdout.id, exposureCohortId: frozen.id, tags: ['x'] },
    ...{ startDate: new Date('2026-11-01T00:00:00Z'), exposureFrozenAt: new Date('2026-11-02T00:00:00Z') },
    metrics: [{ kind: 'ExperimentMetric', metric_type: 'mean', goal: 'increase' }],
    statsConfig: Prisma.DbNull,
  })
  await db.experimentSavedMetric.create({
    data: { experimentId: experiment.id, savedMetricId: metric.id, metadata: { type: 'secondary' } },
  })
  for (const n of [1, 2, 3]) {
    await db.event.create({
      data: {
        ...{ projectId: project.id, id: crypto.randomUUID(), event: 'purchase', distinctId: `d-${n}` },
        ...{ timestamp: new Date(`2026-11-0${n}T00:00:00Z`), properties: n === 3 ? 'no JSON' : '{"n":  1, "$feature/a": "test"}' },
      },
    })
  }
  return { organization, project, flag, experiment, holdout, cohort }
}

describe('an export', () => {
  it('is the same, byte for byte, after an import into an empty database', async () => {
    const { project } = await seedEverything()
    const first = await exported(db, project.id)
    expect(Object.keys(first.files).sort()).toEqual(
      [
        ...[
          'actions.json',
          'cohorts.json',
          'default_evaluation_contexts.json',
          'events.ndjson',
          'experiment_holdouts.json',
          'experiment_saved_metrics.json',
          'experiments.json',
        ],
        ...['feature_flags.json', 'groups_types.json', 'llm_prompts.json', 'product_tours.json', 'project.json', 'surveys.json'],
      ].sort(),
    )
    expect(JSON.parse(first.files['default_evaluation_contexts.json'] ?? '')).toEqual({
      default_evaluation_contexts: [{ name: 'app' }],
      available_contexts: ['app', 'unused', 'web'],
    })
    const copy = await importedAgain(first.path)
    expect(copy.report.skipped).toEqual([])
    expect(copy.report.notes).toEqual([])
    const second = await exported(copy.db, copy.project.id)
    expect(second.files).toEqual(first.files)
  })

  it('changes nothing when it is imported a second time', async () => {
    const { project } = await seedEverything()
    const { path } = await exported(db, project.id)
    const copy = await importedAgain(path)
    const files = (await readdir(path)).map((name) => join(path, name))
    const { report } = await importFiles(copy.db, { files, target: { project: String(copy.project.id) } })
    for (const [kind, counts] of Object.entries(report.counts)) {
      expect(counts, kind).toMatchObject({ created: 0, updated: 0, skipped: 0 })
    }
  })

  it('names the same things where another project has their numbers already', async () => {
    const { project, cohort, flag } = await seedEverything()
    const first = await exported(db, project.id)
    // Into the same database: every number and UUID is taken.
    const copy = await importedAgain(first.path, db)
    expect(copy.report.skipped).toEqual([])
    const copied = await db.featureFlag.findFirstOrThrow({ where: { projectId: copy.project.id, key: flag.key } })
    expect(copied).toMatchObject({ importedId: flag.id })
    expect(copied.id).not.toBe(flag.id)
    // Its condition names the copy of the cohort.
    const copiedCohort = await db.cohort.findFirstOrThrow({ where: { projectId: copy.project.id, importedId: cohort.id } })
    expect(copied.filters).toMatchObject({ groups: [{ properties: [{ value: copiedCohort.id }] }] })
    expect(copiedCohort.id).not.toBe(cohort.id)
    const { testAccountFilters } = await db.project.findUniqueOrThrow({ where: { id: copy.project.id } })
    expect(testAccountFilters).toMatchObject([{ value: copiedCohort.id }])
    const survey = await db.survey.findFirstOrThrow({ where: { projectId: copy.project.id } })
    expect(survey.linkedFlagId).toBe(copied.id)
    expect((await exported(db, copy.project.id)).files).toEqual(first.files)
    // The first project is as it was.
    expect((await exported(db, project.id)).files).toEqual(first.files)
  })

  it('gives a row that was made here another number where an imported row came with it', async () => {
    const organization = await seedOrganization(db)
    const project = await seedProject(db, organization)
    const own = await seedFlag(db, project, { key: 'own' })
    await seedFlag(db, project, { key: 'imported', importedId: own.id })
    const { path, files } = await exported(db, project.id)
    expect(rowsOf(files['feature_flags.json']).map(({ id, key }) => [id, key])).toEqual([
      [own.id, 'imported'],
      [own.id + 1, 'own'],
    ])
    const copy = await importedAgain(path)
    expect((await exported(copy.db, copy.project.id)).files).toEqual(files)
  })

  it('keeps numbers with more digits than a double has', async () => {
    const organization = await seedOrganization(db)
    const project = await seedProject(db, organization)
    const flag = await seedFlag(db, project)
    await db.$executeRaw`UPDATE feature_flags SET filters = '{"groups": [{"properties": [{"key": "id", "value": 9007199254740993}]}]}' WHERE id = ${flag.id}`
    const { files } = await exported(db, project.id)
    expect(files['feature_flags.json']).toContain('9007199254740993')
  })

  it('of an empty project has every file, and can be imported', async () => {
    const project = await seedProject(db, await seedOrganization(db))
    const { path, files } = await exported(db, project.id)
    expect(rowsOf(files['feature_flags.json'])).toEqual([])
    expect(files).not.toHaveProperty('events.ndjson')
    const { report } = await importedAgain(path)
    expect(report.skipped).toEqual([])
  })

  it('has nothing of another project', async () => {
    const { project } = await seedEverything()
    const organization = await seedOrganization(db)
    const other = await seedProject(db, organization)
    const { files } = await exported(db, other.id)
    expect(JSON.stringify(files)).not.toContain('Greeting')
    expect(project.id).not.toBe(other.id)
  })
})

describe('what cannot be exported', () => {
  it('leaves no folder behind: no such project', async () => {
    const path = newFolder()
    await expect(exportProject(db, { project: '999999', folder: path, progress: noProgress })).rejects.toThrow(
      'There is no project 999999.',
    )
    expect(await readdir(folder)).not.toContain(String(folders))
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('is said in a sentence: a folder that is in use, and a file in its place', async () => {
    const project = await seedProject(db, await seedOrganization(db))
    const used = newFolder()
    await mkdir(used)
    await writeFile(join(used, 'mine.txt'), 'mine')
    const attempt = (path: string) => exportProject(db, { project: String(project.id), folder: path, progress: noProgress })
    await expect(attempt(used)).rejects.toThrow(`${used} is not empty. Name a new folder.`)
    expect(await readdir(used)).toEqual(['mine.txt'])
    await expect(attempt(join(used, 'mine.txt'))).rejects.toThrow('is not a folder.')
    await expect(attempt(join(used, 'mine.txt', 'deeper'))).rejects.toThrow('is not a folder.')
    await expect(attempt(join(used, 'long'.repeat(100)))).rejects.toThrow(/has a name that is too long\. Choose a shorter one\.$/)
  })

  it.runIf(existsSync('/proc'))('ends where no folder can be made', async () => {
    const project = await seedProject(db, await seedOrganization(db))
    const attempt = exportProject(db, { project: String(project.id), folder: '/proc/export', progress: noProgress })
    await expect(attempt).rejects.toThrow(
      '/proc/export does not exist, or its folder does not. Check the path. To write there, create the folder first.',
    )
  })
})
