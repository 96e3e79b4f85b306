import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { importFiles } from '../../../src/posthog/import/importFiles.ts'
import { seedOrganization, seedProject } from '../../support/seed.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

// The settings of a project, and its evaluation contexts, as the REST API prints them.

const { db } = await openTestDatabase()
const organization = await seedOrganization(db)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-test-'))
  return () => rm(folder, { recursive: true })
})

let count = 0
async function importObjects(projectId: number, ...objects: unknown[]) {
  const files = await Promise.all(
    objects.map(async (object) => {
      const path = join(folder, `${++count}.json`)
      await writeFile(path, typeof object === 'string' ? object : JSON.stringify(object, null, 2))
      return path
    }),
  )
  const { report } = await importFiles(db, { files, target: { project: String(projectId) } })
  return report
}
const stored = (id: number) => db.project.findUniqueOrThrow({ where: { id } })

const upstream = {
  id: 7,
  organization: '0192f7c1-0000-7000-8000-000000000007',
  name: 'Their name',
  timezone: 'America/New_York',
  flags_persistence_default: true,
  require_evaluation_contexts: true,
  default_evaluation_contexts_enabled: true,
  default_experiment_stats_method: 'frequentist',
  default_experiment_confidence_level: '0.90',
  test_account_filters: [{ key: 'email', type: 'person', value: '@example.com', operator: 'not_icontains' }],
}

describe('the settings of a project', () => {
  it('are those of the file, but not its name; what the file lacks stays', async () => {
    const project = await seedProject(db, organization)
    await db.project.update({ where: { id: project.id }, data: { requireTags: true, matchingVersion: 2 } })
    // On one line, or on many.
    const report = await importObjects(project.id, JSON.stringify(upstream))
    expect(report.counts['project settings']).toEqual({ created: 0, updated: 1, unchanged: 0, skipped: 0 })
    expect(report.recognized.join()).toContain('project settings, an object of the REST API')
    const row = await stored(project.id)
    expect(row).toMatchObject({
      ...{ name: project.name, timezone: 'America/New_York', flagsPersistenceDefault: true, requireEvaluationContexts: true },
      ...{ defaultExperimentStatsMethod: 'frequentist', testAccountFilters: upstream.test_account_filters, requireTags: true },
      matchingVersion: 2,
    })
    expect(Number(row.defaultExperimentConfidenceLevel)).toBe(0.9)
    expect((await importObjects(project.id, upstream)).counts['project settings']).toMatchObject({ updated: 0, unchanged: 1 })
  })

  it.each([
    ['timezone', '+02:00', 'timezone must be an IANA time zone, such as Europe/Berlin'],
    ['timezone', 'Mars/Base', 'timezone must be an IANA time zone, such as Europe/Berlin'],
    ['default_experiment_confidence_level', 0.999, 'must be a number from 0.5 to 0.99 with at most two decimals'],
    ['default_experiment_confidence_level', 'high', 'must be a number from 0.5 to 0.99 with at most two decimals'],
    ['default_experiment_stats_method', 'guess', 'must be bayesian or frequentist'],
    ['test_account_filters', {}, 'must be a list'],
    ['flag_matching_version', 3, 'must be 1 or 2'],
  ])('with a wrong %s are skipped, with the reason', async (name, value, reason) => {
    const project = await seedProject(db, organization)
    const report = await importObjects(project.id, { ...upstream, [name]: value })
    expect(report.counts['project settings']).toMatchObject({ updated: 0, skipped: 1 })
    expect(report.skipped.join()).toContain(reason)
    expect((await stored(project.id)).flagsPersistenceDefault).toBe(false)
  })

  it('of two files that differ are those of the first, and the report says so', async () => {
    const project = await seedProject(db, organization)
    const report = await importObjects(project.id, upstream, { ...upstream, timezone: 'UTC' })
    expect(report.counts['project settings']).toMatchObject({ updated: 1, skipped: 1 })
    expect((await stored(project.id)).timezone).toBe('America/New_York')
  })

  it('leave the time zone that the command names', async () => {
    const path = join(folder, 'named.json')
    await writeFile(path, JSON.stringify(upstream))
    const target = { createProject: 'Named', organization: organization.id, timezone: 'Asia/Tokyo' }
    const { project } = await importFiles(db, { files: [path], target })
    expect(await stored(project.id)).toMatchObject({ timezone: 'Asia/Tokyo', flagsPersistenceDefault: true })
  })
})

describe('evaluation contexts', () => {
  const contexts = async (projectId: number) =>
    (await db.evaluationContext.findMany({ where: { projectId }, orderBy: { name: 'asc' } })).map(({ name, isDefault }) => [
      name,
      isDefault,
    ])

  it('are added, and the default ones are those of the file', async () => {
    const project = await seedProject(db, organization)
    await db.evaluationContext.create({ data: { projectId: project.id, name: 'old', isDefault: true } })
    const file = { default_evaluation_contexts: [{ id: 3, name: ' Web ' }], available_contexts: ['web', 'app'], enabled: true }
    expect((await importObjects(project.id, file)).counts['evaluation contexts']).toMatchObject({ updated: 1 })
    const expected = [
      ['app', false],
      ['old', false],
      ['web', true],
    ]
    expect(await contexts(project.id)).toEqual(expected)
    expect((await importObjects(project.id, file)).counts['evaluation contexts']).toMatchObject({ updated: 0, unchanged: 1 })
    expect((await importObjects(project.id, { available_contexts: ['app'] })).counts['evaluation contexts']).toMatchObject({ unchanged: 1 })
    expect(await contexts(project.id)).toEqual(expected)
  })

  it('that are malformed are skipped', async () => {
    const project = await seedProject(db, organization)
    const report = await importObjects(project.id, { available_contexts: [''] })
    expect(report.counts['evaluation contexts']).toMatchObject({ skipped: 1 })
    expect(await contexts(project.id)).toEqual([])
  })
})
