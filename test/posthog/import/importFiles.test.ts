import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OperatorError } from '../../../src/platform/operatorError.ts'
import { importFiles } from '../../../src/posthog/import/importFiles.ts'
import type { ImportTarget } from '../../../src/posthog/import/targetProject.ts'
import { seedExperiment, seedFlag, seedKey, seedOrganization, seedProject, seedUser } from '../../support/seed.ts'
import { globalId, testServer } from '../../support/testServer.ts'

const { db, run } = await testServer()
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
const fixtures = [fixture('events.ndjson'), fixture('experiments.json'), fixture('feature_flags.json')]

type Fields = Record<string, unknown>
let folder: string
let files = 0
let organization: { id: string; name: string }
let project: { id: number; name: string }
/** With room between, so that no number of a seed is also one of a file. */
let numbers = 20_000

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-test-'))
  return () => rm(folder, { recursive: true })
})

beforeEach(async () => {
  organization = await seedOrganization(db)
  project = await seedProject(db, organization)
})

/** A file of the test's own; its name tells nothing. */
async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${++files}.txt`)
  await writeFile(path, content)
  return path
}

const page = (...results: unknown[]) => file(JSON.stringify({ count: results.length, next: null, previous: null, results }))
const lines = (...values: unknown[]) => file(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join('\n'))
const nextNumber = () => {
  numbers += 100
  return numbers
}
const flag = (fields: Fields = {}) => {
  const id = nextNumber()
  return { id, key: `flag-${id}`, filters: {}, ...fields }
}
const experiment = (on: { id: number; key: string }, fields: Fields = {}) => ({
  id: nextNumber(),
  name: 'An experiment',
  feature_flag_key: on.key,
  feature_flag: { id: on.id, key: on.key },
  ...fields,
})
const event = (fields: Fields = {}) => ({
  uuid: crypto.randomUUID(),
  event: 'purchase',
  distinct_id: 'somebody',
  timestamp: '2026-11-20T12:00:00Z',
  properties: {},
  ...fields,
})

/** Imports into the test's project, or another. */
async function imported(paths: string[], target: ImportTarget = { project: String(project.id) }) {
  const { project: into, report } = await importFiles(db, { files: paths, target })
  return { project: into, report, summary: report.summary(into), ...report.counts }
}

const flagsOf = (projectId = project.id) => db.featureFlag.findMany({ where: { projectId }, orderBy: { importedId: 'asc' } })
const experimentsOf = (projectId = project.id) => db.experiment.findMany({ where: { projectId }, orderBy: { importedId: 'asc' } })
const eventsOf = (projectId = project.id) => db.event.findMany({ where: { projectId }, orderBy: { id: 'asc' } })

/** Every row of a project, to see that nothing changed. */
async function everything() {
  const inProject = { where: { projectId: project.id } }
  return JSON.stringify([
    await db.featureFlag.findMany({ ...inProject, orderBy: { id: 'asc' }, include: { evaluationContexts: true } }),
    await db.experiment.findMany({ ...inProject, orderBy: { id: 'asc' }, include: { savedMetrics: true } }),
    await db.holdout.findMany({ ...inProject, orderBy: { id: 'asc' } }),
    await db.savedMetric.findMany({ ...inProject, orderBy: { id: 'asc' } }),
    await db.evaluationContext.findMany({ ...inProject, orderBy: { id: 'asc' } }),
    await eventsOf(),
    await db.user.findMany({ orderBy: { id: 'asc' }, include: { memberships: true } }),
  ])
}

const created = (count: number) => ({ created: count, updated: 0, unchanged: 0, skipped: 0 })
const unchanged = (count: number) => ({ created: 0, updated: 0, unchanged: count, skipped: 0 })
const skipped = (count: number) => ({ created: 0, updated: 0, unchanged: 0, skipped: count })

describe('pages and events as the reference prints them', () => {
  it('go in whatever the order of the files, and the eligible flags are served', async () => {
    const key = await seedKey(db, await seedUser(db, organization))
    const result = await imported(fixtures)
    expect(result['feature flags']).toEqual(created(11))
    expect(result.experiments).toEqual(created(3))
    expect(result.events).toEqual(created(20))
    const { data } = await run(
      key,
      '{ eligibleFeatureFlags(projectId: "$ID", orderBy: {field: KEY, direction: ASC}) { nodes { key } } }'.replace(
        '$ID',
        String(project.id),
      ),
    )
    expect(data.eligibleFeatureFlags.nodes.map((node: { key: string }) => node.key)).toEqual([
      'early-exit-multivariate',
      'leaf-flag',
      'multivariate-device-flag',
      'order-test',
    ])
    const [first] = await experimentsOf()
    expect(await db.featureFlag.findUnique({ where: { id: first?.featureFlagId ?? 0 } })).toMatchObject({ key: 'leaf-flag' })
  })

  it('change nothing when they come a second time', async () => {
    await imported(fixtures)
    const before = await everything()
    const again = await imported([...fixtures].reverse())
    expect(again['feature flags']).toEqual(unchanged(11))
    expect(again.experiments).toEqual(unchanged(3))
    expect(again.events).toEqual(unchanged(20))
    expect(await everything()).toBe(before)
  })

  it('update what changed and leave the rest', async () => {
    const kept = flag()
    const changing = flag({ name: 'Before' })
    const running = experiment(changing, { metrics: [{ kind: 'ExperimentMetric' }] })
    await imported([await page(kept, changing), await page(running)])
    const result = await imported([
      await page(kept, { ...changing, name: 'After' }),
      await page({ ...running, metrics: null, conclusion: 'won' }),
    ])
    expect(result['feature flags']).toEqual({ created: 0, updated: 1, unchanged: 1, skipped: 0 })
    expect(result.experiments).toEqual({ created: 0, updated: 1, unchanged: 0, skipped: 0 })
    expect((await flagsOf())[1]).toMatchObject({ name: 'After' })
    expect((await experimentsOf())[0]).toMatchObject({ metrics: null, conclusion: 'won' })
  })

  it('may be a list alone, pretty-printed, with a byte order mark', async () => {
    expect((await imported([await file(`\uFEFF${JSON.stringify([flag()], null, 2)}`)]))['feature flags']).toEqual(created(1))
    expect((await imported([await file(`\n\r\n${JSON.stringify(event())}\r\n\r\n`)])).events).toEqual(created(1))
  })

  it('may be empty', async () => {
    const { summary } = await imported([await page()])
    expect(summary).toContain('it has no rows')
  })

  it('may overlap: the same row twice counts once, another row with its id is named', async () => {
    const first = flag()
    const result = await imported([await page(first), await page(first, { ...first, name: 'Other' })])
    expect(result['feature flags']).toEqual({ created: 1, updated: 0, unchanged: 0, skipped: 1 })
    expect(result.report.skipped[0]).toMatch(/row 2 \(id \d+, key "flag-\d+"\): id must be unique: .*row 1 .* is used instead$/)
  })
})

describe('a flag', () => {
  it('keeps its filters, tags, dates and people as they are', async () => {
    const filters = { groups: 'odd', nested: { list: [1, null, { a: -0 }] }, multivariate: [] }
    const row = flag({
      filters,
      tags: ['Checkout', 'b'],
      created_by: { email: 'Barbara@Example.com', first_name: 'Barbara' },
      last_modified_by: { email: 'barbara@example.com' },
      created_at: '2026-03-23T13:00:00.395950+02:00',
      updated_at: null,
      evaluation_runtime: 'server',
      version: null,
      evaluation_contexts: [' Web ', 'api', 'web'],
    })
    await imported([await page(row)])
    const [stored] = await flagsOf()
    expect(stored).toMatchObject({
      filters: { ...filters, nested: { list: [1, null, { a: 0 }] } },
      tags: ['Checkout', 'b'],
      evaluationRuntime: 'server',
      version: 0,
      updatedAt: null,
    })
    expect(stored?.createdAt.toISOString()).toBe('2026-03-23T11:00:00.395Z')
    expect(stored?.createdById).toBe(stored?.lastModifiedById)
    const contexts = await db.evaluationContext.findMany({ where: { projectId: project.id }, orderBy: { name: 'asc' } })
    expect(contexts.map(({ name }) => name)).toEqual(['api', 'web'])
    expect((await imported([await page(row)]))['feature flags']).toEqual(unchanged(1))

    await imported([await page({ ...row, evaluation_contexts: ['api'] })])
    expect(await db.featureFlagEvaluationContext.count({ where: { featureFlagId: stored?.id ?? 0 } })).toBe(1)
  })

  it('gets its people by e-mail address, and members are made of those who are missing', async () => {
    const elsewhere = await seedUser(db, await seedOrganization(db), { email: 'mixed.case@example.com' })
    await imported([
      await page(
        flag({
          created_by: { email: 'mixed.case@EXAMPLE.com' },
          last_modified_by: { email: 'Missing.Person@example.com', first_name: 'M' },
        }),
      ),
    ])
    const [stored] = await flagsOf()
    expect(stored?.createdById).toBe(elsewhere.id)
    const made = await db.user.findUnique({ where: { email: 'missing.person@example.com' }, include: { memberships: true } })
    expect(made).toMatchObject({
      id: stored?.lastModifiedById,
      firstName: 'M',
      memberships: [{ organizationId: organization.id, level: 1 }],
    })
    // Who has an account elsewhere is not let in.
    expect(await db.organizationMembership.count({ where: { userId: elsewhere.id } })).toBe(1)
  })

  it('stays deleted, and a null counts as live', async () => {
    const gone = flag({ deleted: true })
    await imported([await page({ ...gone, key: `${gone.key}:deleted:${gone.id}` }, flag({ deleted: null, key: gone.key }))])
    expect((await flagsOf()).map(({ deleted }) => deleted)).toEqual([true, false])
  })

  it('keeps its number where that is free, and the next one of ours comes after it', async () => {
    const row = flag()
    await imported([await page(row)])
    expect(await flagsOf()).toMatchObject([{ id: row.id, importedId: row.id }])
    expect((await seedFlag(db, project)).id).toBeGreaterThan(row.id)
  })

  it('gets a number of ours where its own is taken by another project, or too great', async () => {
    const row = flag()
    await imported([await page(row)])
    const other = await seedProject(db, organization)
    const great = flag({ id: 2_000_000_000 })
    const target = { project: String(other.id) }
    await imported([await page(row, great), await page(experiment(row), experiment(great))], target)
    const stored = await flagsOf(other.id)
    expect(stored.map(({ importedId }) => importedId)).toEqual([row.id, great.id])
    expect(stored.every(({ id }) => id > row.id && id < 1_000_000_000)).toBe(true)
    expect((await experimentsOf(other.id)).map(({ featureFlagId }) => featureFlagId)).toEqual(stored.map(({ id }) => id))
    expect((await imported([await page(row, great)], target))['feature flags']).toEqual(unchanged(2))
    expect((await flagsOf())[0]).toMatchObject({ id: row.id, projectId: project.id })
  })

  it('whose key another live flag has is skipped and named', async () => {
    const own = await seedFlag(db, project, { key: 'checkout' })
    const result = await imported([await page(flag({ key: 'checkout', created_by: { email: 'nobody-made-me@example.com' } }), flag())])
    expect(result['feature flags']).toEqual({ created: 1, updated: 0, unchanged: 0, skipped: 1 })
    expect(result.report.skipped[0]).toMatch(new RegExp(`row 1 \\(.*key "checkout"\\): key must be unique .* flag ${own.id} has it`))
    expect(await db.user.count({ where: { email: 'nobody-made-me@example.com' } })).toBe(0)
  })

  it('may take the key that another gives up in the same import, and two may swap', async () => {
    const a = flag({ key: 'a' })
    const b = flag({ key: 'b' })
    const c = flag({ key: 'c' })
    await imported([await page(a, b, c)])
    const rows = await page(flag({ key: 'c' }), { ...a, key: 'b' }, { ...b, key: 'a' }, { ...c, key: 'c:deleted:3', deleted: true })
    expect((await imported([rows]))['feature flags']).toEqual({ created: 1, updated: 3, unchanged: 0, skipped: 0 })
    expect((await imported([rows]))['feature flags']).toEqual(unchanged(4))
    expect((await flagsOf()).map(({ key }) => key)).toEqual(['b', 'a', 'c:deleted:3', 'c'])
  })

  it('of an older project keeps a key that no new flag gets, and is of use', async () => {
    const key = await seedKey(db, await seedUser(db, organization))
    const keys = ['checkout.v2', 'shop/checkout', 'Big red button', 'größe']
    const variants = ['control', 'test'].map((key) => ({ key, rollout_percentage: 50 }))
    const rows = keys.map((key) => flag({ key, filters: { groups: [], multivariate: { variants } } }))
    const paths = [await page(...rows), await page(experiment(rows[0] ?? flag()))]
    expect(await imported(paths)).toMatchObject({ 'feature flags': created(4), experiments: created(1) })
    expect((await imported(paths))['feature flags']).toEqual(unchanged(4))
    const stored = await flagsOf()
    expect(stored.map(({ key }) => key)).toEqual(keys)

    const change = async (type: string, input: Fields) => {
      const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}`
      const fields = type.endsWith('FeatureFlag') ? '... on FeatureFlag { key version }' : '... on Experiment { featureFlag { key } }'
      const { data, errors } = await run(
        key,
        `mutation ($input: ${type}Input!) { result: ${field}(input: $input) {
          __typename ${fields} ... on ValidationError { fieldErrors { path code } }
        } }`,
        { input },
      )
      expect(errors).toBeUndefined()
      return data.result
    }
    const id = globalId('FeatureFlag', stored[1]?.id ?? 0)
    expect(await change('UpdateFeatureFlag', { id, key: 'shop/checkout', name: 'New' })).toMatchObject({ key: 'shop/checkout', version: 2 })
    expect(await change('UpdateFeatureFlag', { id, deleted: true })).toMatchObject({ version: 3 })
    expect(await change('UpdateFeatureFlag', { id, deleted: false })).toMatchObject({ key: 'shop/checkout' })
    const next = { projectId: project.id, name: 'Next', featureFlagKey: 'Big red button' }
    expect(await change('CreateExperiment', next)).toEqual({ __typename: 'Experiment', featureFlag: { key: 'Big red button' } })

    const refused = (field: string) => ({ __typename: 'ValidationError', fieldErrors: [{ path: [field], code: 'invalid_key' }] })
    expect(await change('UpdateFeatureFlag', { id, key: 'shop/other' })).toEqual(refused('key'))
    expect(await change('CreateFeatureFlag', { projectId: project.id, key: 'checkout.v3' })).toEqual(refused('key'))
    expect(await change('CreateExperiment', { ...next, featureFlagKey: 'checkout.v3' })).toEqual(refused('featureFlagKey'))
    const [running] = await experimentsOf()
    const copy = { id: running?.id, targetProjectId: (await seedProject(db, organization)).id }
    expect(await change('CopyExperimentToProject', copy)).toEqual(refused('featureFlagKey'))
    expect(await change('DuplicateExperiment', { id: running?.id })).toMatchObject({ featureFlag: { key: 'checkout.v2' } })
  })

  it('that cannot get its new key keeps the old one, which nobody else gets then', async () => {
    await seedFlag(db, project, { key: 'taken' })
    const a = flag({ key: 'a' })
    await imported([await page(a)])
    const rows = await page(flag({ key: 'a' }), { ...a, key: 'taken' })
    for (const _run of [1, 2]) expect((await imported([rows]))['feature flags']).toEqual(skipped(2))
    expect((await flagsOf()).map(({ key }) => key).sort()).toEqual(['a', 'taken'])
  })
})

describe('an experiment', () => {
  it('finds its flag by number, without one by the key of a live flag, else it is skipped and named', async () => {
    const byNumber = flag({ key: 'renamed-since' })
    const own = await seedFlag(db, project, { key: 'own' })
    await seedFlag(db, project, { key: 'gone', deleted: true })
    const keyOnly = (key: string) => ({ id: nextNumber(), name: 'Key only', feature_flag_key: key })
    const result = await imported([
      await page(experiment({ id: byNumber.id, key: 'old-key' }), keyOnly('own'), experiment({ id: 8, key: 'gone' }), keyOnly('nowhere')),
      await page(byNumber),
    ])
    expect(result.experiments).toEqual({ created: 2, updated: 0, unchanged: 0, skipped: 2 })
    expect((await experimentsOf()).map(({ featureFlagId }) => featureFlagId)).toEqual([byNumber.id, own.id])
    expect(result.report.skipped[0]).toMatch(
      /row 3 .*feature_flag must be a flag of the project\. The project has none with the id 8 or the key "gone"/,
    )
    expect(result.report.skipped[1]).toMatch(/row 4 .*the key "nowhere"/)
  })

  it('is not linked to a flag that was made here and has the key of its own', async () => {
    const own = await seedFlag(db, project, { key: 'own' })
    const theirs = flag({ key: 'own' })
    const result = await imported([
      await page(theirs),
      await page(experiment(theirs, { feature_flag: theirs }), experiment({ id: 7, key: 'own' })),
    ])
    expect(result).toMatchObject({ 'feature flags': skipped(1), experiments: skipped(2) })
    expect(result.report.skipped).toEqual([
      expect.stringContaining(`key must be unique among live flags: flag ${own.id} has it`),
      expect.stringContaining(`The flag with the key "own" is another one: it was made here, as flag ${own.id}`),
      expect.stringContaining('The project has none with the id 7. The flag with the key "own" is another one: it was made here'),
    ])
    expect(await experimentsOf()).toEqual([])
  })

  it('brings the flag that only its own row has, once, and never writes over a stored one', async () => {
    const carried = {
      ...flag({ key: 'carried', name: 'Carried', filters: { groups: [], multivariate: null }, version: 3 }),
      team_id: 1,
      deleted: false,
      active: false,
      ensure_experience_continuity: null,
      evaluation_runtime: 'server',
      bucketing_identifier: null,
      evaluation_contexts: ['web'],
    }
    const gone = { ...carried, id: nextNumber(), key: 'carried:deleted:5', deleted: true }
    const rows = [carried, carried, gone].map((feature_flag) => experiment(feature_flag, { feature_flag }))
    const path = await page(...rows)
    expect(await imported([path])).toMatchObject({ 'feature flags': created(2), experiments: created(3) })
    const [first, deleted] = await flagsOf()
    expect(first).toMatchObject({ id: carried.id, importedId: carried.id, key: 'carried', name: 'Carried', version: 3, active: false })
    expect(first).toMatchObject({ filters: carried.filters, evaluationRuntime: 'server', deleted: false, archived: false })
    expect(deleted).toMatchObject({ importedId: gone.id, deleted: true })
    expect((await experimentsOf()).map(({ featureFlagId }) => featureFlagId)).toEqual([first?.id, first?.id, deleted?.id])

    await db.featureFlag.update({ where: { id: carried.id }, data: { name: 'Newer', version: 4 } })
    const before = await everything()
    expect(await imported([path])).toMatchObject({ 'feature flags': unchanged(0), experiments: unchanged(3) })
    expect(await everything()).toBe(before)
    const whole = { ...carried, name: 'Whole', archived: true, evaluation_contexts: [] }
    expect((await imported([path, await page(whole)]))['feature flags']).toEqual({ created: 0, updated: 1, unchanged: 0, skipped: 0 })
    expect((await flagsOf())[0]).toMatchObject({ name: 'Whole', archived: true })
  })

  it('whose own row has a malformed flag is skipped, and the report says what is wrong with it', async () => {
    const carried = { ...flag(), filters: [] }
    const { report, ...counts } = await imported([await page(experiment(carried, { feature_flag: carried }))])
    expect(counts).toMatchObject({ 'feature flags': created(0), experiments: skipped(1) })
    expect(report.notes).toEqual([expect.stringMatching(/row 1 .*: its feature_flag: filters must be an object/)])
    expect(await flagsOf()).toEqual([])
  })

  it('keeps what it is made of', async () => {
    const on = flag()
    const row = experiment(on, {
      description: null,
      type: 'web',
      parameters: { feature_flag_variants: [] },
      filters: null,
      secondary_metrics: [{ odd: true }],
      stats_config: { method: 'bayesian' },
      start_date: '2026-01-02T03:04:05.678901Z',
      archived: true,
      deleted: null,
      exposure_cohort: 12,
      created_by: { email: 'experimenter@example.com', first_name: 'E' },
    })
    await imported([await page(on), await page(row)])
    expect(await experimentsOf()).toMatchObject([
      {
        id: row.id,
        description: null,
        type: 'web',
        parameters: { feature_flag_variants: [] },
        filters: {},
        metrics: [],
        secondaryMetrics: [{ odd: true }],
        statsConfig: { method: 'bayesian' },
        exposureCriteria: null,
        startDate: new Date('2026-01-02T03:04:05.678Z'),
        endDate: null,
        archived: true,
        deleted: false,
        exposureCohortId: 12,
      },
    ])
    expect((await imported([await page(row)])).experiments).toEqual(unchanged(1))
  })

  it('is linked to the holdout and the metrics that it carries; what carries too little is left out with a note', async () => {
    const on = flag()
    const holdout = {
      id: 31_000,
      name: 'Held out',
      description: null,
      filters: [{ properties: [], rollout_percentage: 10, variant: 'holdout-31000' }],
    }
    const metric = {
      id: 1,
      saved_metric: 41_000,
      name: 'Revenue',
      query: { kind: 'ExperimentMetric', uuid: 'm-1' },
      metadata: { type: 'secondary' },
    }
    const first = experiment(on, { holdout, holdout_id: holdout.id, saved_metrics: [metric, { id: 2, saved_metric: 41_001 }] })
    const second = experiment(on, { holdout, saved_metrics: [metric] })
    const third = experiment(on, { holdout: null, holdout_id: 31_000 })
    const fourth = experiment(on, { holdout: null, holdout_id: 31_001 })
    const paths = [await page(on), await page(first, second, third, fourth)]
    const result = await imported(paths)
    expect(result.experiments).toEqual(created(4))
    expect(result.report.notes).toEqual([expect.stringMatching(/row 1 .*saved_metrics\.1/), expect.stringMatching(/row 4 .*holdout/)])

    const stored = await db.experiment.findMany({
      where: { projectId: project.id },
      orderBy: { importedId: 'asc' },
      include: { holdout: true, savedMetrics: { include: { savedMetric: true } } },
    })
    expect(stored.map((experiment) => experiment.holdoutId)).toEqual([31_000, 31_000, 31_000, null])
    expect(stored.map(({ savedMetrics }) => savedMetrics.length)).toEqual([1, 1, 0, 0])
    expect(stored[0]?.holdout).toMatchObject({ name: 'Held out', filters: holdout.filters })
    expect(stored[0]?.savedMetrics[0]).toMatchObject({
      metadata: { type: 'secondary' },
      savedMetric: { id: 41_000, name: 'Revenue', query: metric.query },
    })

    const before = await everything()
    expect((await imported(paths)).experiments).toEqual(unchanged(4))
    expect(await everything()).toBe(before)

    const after = await page(experiment(on), { ...first, saved_metrics: [{ ...metric, name: 'Income' }] })
    expect((await imported([after])).experiments).toEqual({ created: 1, updated: 1, unchanged: 0, skipped: 0 })
    expect(await db.savedMetric.findMany({ where: { projectId: project.id } })).toMatchObject([{ id: 41_000, name: 'Income' }])
  })

  it('is linked to what has its number, not to what has the same name, UUID or variant', async () => {
    const on = flag()
    const filters = [{ properties: [], rollout_percentage: 10, variant: 'holdout' }]
    const holdouts = [32_000, 32_001].map((id) => ({ id, name: 'Same', description: null, filters }))
    const metrics = [42_000, 42_001].map((saved_metric) => ({ id: 1, saved_metric, name: 'Same', query: { uuid: 'same' } }))
    const rows = [0, 1].map((n) => experiment(on, { holdout: holdouts[n], saved_metrics: [metrics[n]] }))
    const result = await imported([await page(on), await page(...rows)])
    expect(result.report.notes).toEqual([])
    const stored = await db.experiment.findMany({
      where: { projectId: project.id },
      orderBy: { importedId: 'asc' },
      include: { holdout: true, savedMetrics: { include: { savedMetric: true } } },
    })
    expect(stored.map(({ holdout }) => holdout?.importedId)).toEqual([32_000, 32_001])
    expect(stored.map(({ savedMetrics }) => savedMetrics.map(({ savedMetric }) => savedMetric.importedId))).toEqual([[42_000], [42_001]])

    // Later the two have other values. They stay the same two.
    const renamed = experiment(on, {
      ...rows[0],
      holdout: { ...holdouts[0], name: 'New', filters: [] },
      saved_metrics: [{ ...metrics[0], query: { uuid: 'new' } }],
    })
    expect((await imported([await page(renamed)])).experiments.updated).toBe(1)
    expect(await db.holdout.findMany({ where: { projectId: project.id }, orderBy: { importedId: 'asc' } })).toMatchObject([
      { importedId: 32_000, name: 'New' },
      { importedId: 32_001, name: 'Same' },
    ])
    expect(await db.savedMetric.count({ where: { projectId: project.id } })).toBe(2)
  })

  it('names what an earlier row said otherwise of a holdout or metric, and keeps that', async () => {
    const on = flag()
    const holdout = { id: 33_000, name: 'First', description: null, filters: [] }
    const metric = { id: 1, saved_metric: 43_000, name: 'First', query: {} }
    const first = experiment(on, { holdout, saved_metrics: [metric] })
    const second = experiment(on, { holdout: { ...holdout, name: 'Second' }, saved_metrics: [{ ...metric, name: 'Second' }] })
    const { report } = await imported([await page(on), await page(first, second)])
    expect(report.notes).toEqual([
      expect.stringMatching(/row 2 .*the values of its holdout, which differ from those in an earlier row/),
      expect.stringMatching(/row 2 .*the values of saved_metrics\.0, which differ from those in an earlier row/),
    ])
    expect(await db.holdout.findFirst({ where: { projectId: project.id } })).toMatchObject({ name: 'First' })
    expect(await db.savedMetric.findFirst({ where: { projectId: project.id } })).toMatchObject({ name: 'First' })
  })

  it('knows again what was imported before numbers were stored, and takes nothing else for it', async () => {
    const query = { uuid: 'known' }
    await db.savedMetric.createMany({
      data: [
        { id: 44_000, projectId: project.id, name: 'Before', query },
        { id: 44_001, projectId: project.id, name: 'Made here', query: { uuid: 'own' } },
      ],
    })
    const on = flag()
    const metrics = [44_000, 44_001].map((saved_metric) => ({ id: 1, saved_metric, name: 'After', query }))
    await imported([await page(on), await page(experiment(on, { saved_metrics: metrics }))])
    const stored = await db.savedMetric.findMany({ where: { projectId: project.id }, orderBy: [{ importedId: 'asc' }, { id: 'asc' }] })
    expect(stored.map(({ id, importedId, name }) => [id, importedId, name])).toEqual([
      [44_000, 44_000, 'After'],
      [expect.any(Number), 44_001, 'After'],
      [44_001, null, 'Made here'],
    ])
  })

  it('is not linked to another flag that got the key of its deleted one', async () => {
    const [before, after] = [flag({ key: 'reused', deleted: true }), flag({ key: 'reused' })]
    const on = await page(experiment(before))
    const alone = await imported([await page(after), on])
    expect(alone.experiments.skipped).toBe(1)
    expect(alone.report.skipped[0]).toMatch(
      new RegExp(`The project has none with the id ${before.id}\\. The flag with the key "reused" is another one: its id is ${after.id}`),
    )
    expect((await imported([await page(before), on])).experiments.created).toBe(1)
    const [linked] = await db.experiment.findMany({ where: { projectId: project.id }, include: { featureFlag: true } })
    expect(linked?.featureFlag.importedId).toBe(before.id)
  })

  it('leaves those alone that were made here', async () => {
    const own = await seedExperiment(db, await seedFlag(db, project, { key: 'own' }))
    await imported([await page(experiment({ id: 1, key: 'own' }))])
    expect(await db.experiment.findUnique({ where: { id: own.id } })).toEqual(own)
  })
})

describe('an event', () => {
  it('keeps its properties: an object as JSON text, text as it is', async () => {
    expect((await imported([await lines(event({ properties: undefined, distinct_id: '' }))])).events).toEqual(created(1))
    await db.event.deleteMany({ where: { projectId: project.id, properties: '{}' } })
    const odd = [{ $os: 'Mac', n: [1] }, '{"broken', '"text"', 'a\\u0000b', { nul: '\0' }]
    const rows = odd.map((properties, index) => event({ uuid: `0190A1B2-0000-7000-8000-00000000000${index}`, properties }))
    expect((await imported([await lines(...rows)])).events).toEqual(created(5))
    expect((await eventsOf()).map(({ properties }) => properties)).toEqual([
      '{"$os":"Mac","n":[1]}',
      '{"broken',
      '"text"',
      'a\\u0000b',
      '{"nul":"\\u0000"}',
    ])
    expect((await imported([await lines(...rows)])).events).toEqual(unchanged(5))
  })

  it('is known again by its number in this project alone', async () => {
    const rows = await lines(event({ timestamp: '2026-11-20T12:00:00.123456+01:00' }))
    await imported([rows])
    const other = await seedProject(db, organization)
    expect((await imported([rows], { project: String(other.id) })).events).toEqual(created(1))
    expect((await eventsOf())[0]?.timestamp.toISOString()).toBe('2026-11-20T11:00:00.123Z')
  })

  it('counts once when it comes twice in one import', async () => {
    const row = event()
    expect((await imported([await lines(row, row)])).events).toEqual({ created: 1, updated: 0, unchanged: 1, skipped: 0 })
  })

  it('goes in with thousands of others', async () => {
    const rows = Array.from({ length: 2500 }, () => event())
    expect((await imported([await lines(...rows)])).events).toEqual(created(2500))
    expect(await db.event.count({ where: { projectId: project.id } })).toBe(2500)
  })
})

describe('events of other exports', () => {
  const at = (timestamp: string, fields: Fields = {}) => event({ timestamp, ...fields })
  const timesOf = async () => (await eventsOf()).map(({ timestamp }) => timestamp.toISOString()).sort()
  const times = ['2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.123Z']

  it.each<[string, string[], string]>([
    ['PostHog', ['2026-11-20T11:00:00Z', '2026-11-20T12:00:00.123456+00:00'], 'one JSON object a line'],
    ['ClickHouse', ['2026-11-20 11:00:00', '2026-11-20 12:00:00.123456'], 'ClickHouse JSONEachRow (times in UTC)'],
    ['BigQuery', ['2026-11-20 11:00:00 UTC', '2026-11-20 12:00:00.123456 UTC'], 'a BigQuery export'],
    ['PostgreSQL', ['2026-11-20 11:00:00+00', '2026-11-20 17:30:00.123456+05:30'], 'a PostgreSQL export'],
    ['PostgreSQL in the west', ['2026-11-20 08:00:00-03', '2026-11-20T09:00:00.123-03'], 'a PostgreSQL export'],
  ])('have the times of %s', async (_who, [first = '', second = ''], format) => {
    // The second event has the properties as text, as most databases keep them.
    const path = await lines(at(first, { properties: { a: 1 } }), at(second, { properties: '{"a":1}', team_id: 2, elements: null }))
    const { events, report, summary } = await imported([path])
    expect(events).toEqual(created(2))
    expect(await timesOf()).toEqual(times)
    expect((await eventsOf()).map(({ properties }) => properties)).toEqual(['{"a":1}', '{"a":1}'])
    expect(report.recognized).toEqual([`${path}: events, ${format}`])
    expect(summary).toContain(`Recognized:\n  ${path}: events, ${format}`)
  })

  it('may be of several in one file, and each is named', async () => {
    const path = await lines(at('2026-11-20 11:00:00 UTC'), at('2026-11-20 12:00:00.123'), at('2026-11-20 11:00:00 UTC'))
    const { events, report } = await imported([path])
    expect(events).toEqual(created(3))
    expect(report.recognized).toEqual([`${path}: events, a BigQuery export and ClickHouse JSONEachRow (times in UTC)`])
  })

  const rows = [at('2026-11-20 11:00:00'), at('2026-11-20 12:00:00.123')]
  const names = ['uuid', 'event', 'distinct_id', 'timestamp', 'properties'] as const
  const cells = (row: Fields) => names.map((name) => row[name])
  const rest = rows.map(({ uuid: id, timestamp, ...row }) => ({
    id,
    ...row,
    timestamp: `${timestamp.replace(' ', 'T')}+00:00`,
    person: null,
  }))
  it.each<[string, unknown, string]>([
    ['a page of the REST API', { next: 'https://example.com/?before=1', results: rest }, 'a page of the REST API'],
    ['a list', rows, 'a list'],
    ['a HogQL query', { columns: names, types: [], results: rows.map(cells), hasMore: true }, 'the results of a HogQL query'],
    ['a query for whole events', { columns: ['*', 'n'], results: rows.map((row) => [row, 7]) }, 'the results of a HogQL query'],
    ['ClickHouse JSON', { meta: names.map((name) => ({ name })), data: rows, rows: 2 }, 'a ClickHouse JSON document'],
    ['ClickHouse JSONCompact', { meta: names.map((name) => ({ name })), data: rows.map(cells) }, 'a ClickHouse JSON document'],
  ])('are rows of a document: %s', async (_what, document, format) => {
    const flat = await file(JSON.stringify(document))
    const pretty = await file(JSON.stringify(document, null, 2))
    const { events, report } = await imported([flat])
    expect(events).toEqual(created(2))
    expect(await timesOf()).toEqual(times)
    expect(report.recognized).toEqual([`${flat}: events, ${format}`])
    expect((await imported([pretty])).events).toEqual(unchanged(2))
  })

  it.each<[string, (text: string) => Uint8Array]>([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('are unpacked from %s, also from several parts', async (compression, pack) => {
    const many = Array.from({ length: 2500 }, (_, index) => JSON.stringify(event({ properties: { index } })))
    const parts = [many.slice(0, 1000), many.slice(1000, 1001), many.slice(1001)].map((part) => pack(`${part.join('\n')}\n`))
    const path = await file(Buffer.concat(parts))
    const { events, report } = await imported([path])
    expect(events).toEqual(created(2500))
    expect(report.recognized).toEqual([`${path}: events, one JSON object a line, compressed with ${compression}`])
    const row = flag()
    expect((await imported([await file(pack(JSON.stringify([row])))]))['feature flags']).toEqual(created(1))
  })

  it('are skipped with their place, and counted by reason', async () => {
    const wrong = [at('2026-11-20T12:00:00'), at('yesterday'), event({ uuid: '7' }), null, 5]
    const path = await file(JSON.stringify({ results: [at('2026-11-20 12:00:00'), ...wrong] }))
    const broken = await lines(event(), '{"uuid": ', '{"uuid": "', ...wrong)
    const { events, report, summary } = await imported([path, broken])
    expect(events).toEqual({ created: 2, updated: 0, unchanged: 0, skipped: 12 })
    expect(report.skipped[0]).toMatch(/, row 2 \(uuid .*\): timestamp must be a time with a zone/)
    expect([...report.skippedByReason]).toEqual([
      ['events: timestamp must be a time with a zone, such as 2026-11-20T12:00:00.000000Z', 4],
      ['events: uuid must be a UUID', 2],
      ['events: it must be a JSON object', 6],
    ])
    expect(summary).toContain('Skipped, by reason:\n  6 events: it must be a JSON object\n  4 events: timestamp must be')
  })

  it('are counted by at most 50 reasons', async () => {
    const paths = Array.from({ length: 60 }, (_, index) => event({ properties: { [`name${index}`]: { a: '\ud800' } } }))
    const rows = paths.map((row, index) => experiment({ id: 1, key: 'x' }, { parameters: { [`p${index}`]: '\0' }, name: row.event }))
    const { report } = await imported([await page(...rows)])
    expect(report.skippedByReason.size).toBe(51)
    expect(report.skippedByReason.get('other reasons')).toBe(10)
  })
})

describe('a malformed row', () => {
  const deep = JSON.parse(`{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`)

  it.each<[string, Fields, RegExp]>([
    ['filters that are a list', { filters: [] }, /filters must be an object/],
    ['filters that are missing', { filters: undefined, active: true }, /filters must be an object/],
    ['a number that is text', { id: '7' }, /id must be a whole number from 1 to 2147483647/],
    ['a number that is too great', { id: 2 ** 31 }, /id must be a whole number/],
    ['a blank key', { key: ' \t' }, /key must not be blank/],
    ['a key that is too long', { key: 'k'.repeat(401) }, /key must be text of 1 to 400 characters/],
    ['an unknown word', { evaluation_runtime: 'edge' }, /evaluation_runtime must be server, client or all \(it is "edge"\)/],
    ['a switch that is a word', { active: 'yes' }, /active must be true or false/],
    ['a date that is none', { created_at: '2026-02-30T00:00:00Z' }, /created_at must be a time with a zone, such as/],
    ['a date that no column holds', { created_at: '0000-01-01T00:00:00Z' }, /created_at must be a time with a zone/],
    ['a person without an address', { created_by: {} }, /created_by\.email must be text of 1 to 254 characters/],
    ['archived and active', { archived: true, active: true }, /archived must be false while active is true/],
    [
      'continuity with devices',
      { ensure_experience_continuity: true, bucketing_identifier: 'device_id' },
      /bucketing_identifier must be distinct_id/,
    ],
    ['encrypted payloads of no remote configuration', { has_encrypted_payloads: true }, /has_encrypted_payloads must be false/],
    ['a NUL in text', { name: 'a\0b' }, /name must not have a NUL character/],
    ['a NUL deep in filters', { filters: { groups: [{ description: '\0' }] } }, /filters\.groups\.0\.description must not have a NUL/],
    ['a NUL in a key of filters', { filters: { 'a\0': 1 } }, /filters must not have a NUL/],
    ['a NUL in a tag', { tags: ['\0'] }, /tags\.0 must not have a NUL/],
    ['half a surrogate pair', { filters: { a: '\ud800' } }, /filters\.a must not have half of a surrogate pair/],
    ['filters that are nested too deeply', { filters: deep }, /filters\.a\.0.* must not be nested deeper than 500 levels/],
    ['a version that is none', { version: 1.5 }, /version must be a whole number/],
  ])('of flags is skipped and named: %s', async (_what, fields, reason) => {
    const result = await imported([await page(flag(), flag(fields), flag())])
    expect(result['feature flags']).toEqual({ created: 2, updated: 0, unchanged: 0, skipped: 1 })
    expect(result.report.skipped[0]).toMatch(/\.txt, row 2 \(.*\): /)
    expect(result.report.skipped[0]).toMatch(reason)
    expect(await flagsOf()).toHaveLength(2)
  })

  it.each<[string, Fields, RegExp]>([
    [
      'an unknown conclusion',
      { conclusion: 'lucky' },
      /conclusion must be won, lost, inconclusive, stopped_early or invalid \(it is "lucky"\)/,
    ],
    ['an unknown type', { type: 'email' }, /type must be web or product \(it is "email"\)/],
    ['no name', { name: null }, /name must be text of 1 to 400 characters/],
    ['a description that is too long', { description: 'd'.repeat(3001) }, /description must be text of at most 3000 characters/],
    ['metrics that are no list', { metrics: {} }, /metrics must be a list/],
    ['a NUL in a metric', { metrics: [{ name: '\0' }] }, /metrics\.0\.name must not have a NUL/],
    [
      'a NUL in an embedded metric',
      { saved_metrics: [{ saved_metric: 1, name: '\0', query: {} }] },
      /saved_metrics\.0\.name must not have a NUL/,
    ],
    [
      'an end before the start',
      { start_date: '2026-02-01T00:00:00Z', end_date: '2026-01-31T23:59:59Z' },
      /end_date must not be before start_date/,
    ],
    ['an end without a start', { end_date: '2026-01-31T23:59:59Z' }, /end_date must be null while start_date is null/],
    ['a date without a zone', { start_date: '2026-01-01T00:00:00' }, /start_date must be a time with a zone/],
  ])('of experiments is skipped and named: %s', async (_what, fields, reason) => {
    const on = flag()
    const result = await imported([await page(on), await page(experiment(on), experiment(on, fields))])
    expect(result.experiments).toEqual({ created: 1, updated: 0, unchanged: 0, skipped: 1 })
    expect(result.report.skipped[0]).toMatch(/row 2 \(id \d+/)
    expect(result.report.skipped[0]).toMatch(reason)
  })

  it.each<[string, unknown, RegExp]>([
    ['no JSON', 'not json', /must be a JSON object: an event/],
    ['cut off', '{"uuid": "0190a1b2', /must be a JSON object: an event/],
    ['a list', [], /must be a JSON object/],
    ['no UUID', event({ uuid: '7' }), /uuid must be a UUID/],
    ['no name', event({ event: undefined }), /event must be text of 1 to 400 characters/],
    ['a long name', event({ event: 'e'.repeat(401) }), /event must be text of 1 to 400/],
    ['no time', event({ timestamp: 1_700_000_000 }), /timestamp must be a time with a zone/],
    ['properties that are a list', event({ properties: [] }), /properties must be an object, or the text of one/],
    ['properties with a NUL', event({ properties: 'a\0b' }), /properties must not have a NUL/],
    ['properties nested too deeply', event({ properties: deep }), /properties must not be nested deeper than 500 levels/],
    ['text nested too deeply', event({ properties: '["feature",'.repeat(3000) }), /properties must not be nested deeper than 500 levels/],
    ['a NUL in a name', event({ distinct_id: '\0' }), /distinct_id must not have a NUL/],
  ])('of events is skipped and named, first or not: %s', async (_what, row, reason) => {
    const result = await imported([await lines(row, event(), '', row)])
    expect(result.events).toEqual({ created: 1, updated: 0, unchanged: 0, skipped: 2 })
    expect(result.report.skipped[0]).toMatch(/\.txt, line 1\b/)
    expect(result.report.skipped[1]).toMatch(/\.txt, line 4\b/)
    expect(result.report.skipped[0]).toMatch(reason)
  })

  it('has what JSON can say and nothing here can keep', async () => {
    const rows = ['{"__proto__": {"a": 1}}', '{"n": [1e400]}'].map(
      (filters, index) => `{"id": ${nextNumber()}, "key": "k${index}", "filters": ${filters}}`,
    )
    const { report } = await imported([await file(`[${rows.join(',')}]`)])
    expect(report.skipped).toEqual([
      expect.stringMatching(/filters must not have the key __proto__$/),
      expect.stringMatching(/filters\.n\.0 must be a number below 1e308$/),
    ])
  })

  it('that is not even an object is named by its place', async () => {
    const { report } = await imported([await page(flag(), null, 7)])
    expect(report.skipped).toEqual([
      expect.stringMatching(/row 2: it must be an object: a feature flag$/),
      expect.stringMatching(/row 3: it must be an object: a feature flag$/),
    ])
  })

  it('is printed with 49 others, and then counted', async () => {
    const { summary } = await imported([await lines(event(), ...Array.from({ length: 60 }, () => 'broken'))])
    expect(summary.match(/, line \d+/g)).toHaveLength(50)
    expect(summary).toContain('… and 10 more')
    expect(summary).toMatch(/events +1 +0 +0 +60/)
    expect(summary).toContain(`Project ${project.id}, "${project.name}" (global id ${globalId('Project', project.id)})`)
  })
})

describe('a file that cannot be read stops everything before anything is written', () => {
  const eventText = JSON.stringify(event())
  /** 100 MB that get very small: objects with much space behind them. */
  const bomb = () => `{}${' '.repeat(1_000_000)}\n`.repeat(100)

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['missing', () => join(folder, 'missing.json'), /There is no file .*missing\.json/],
    ['a folder', () => folder, /is a folder/],
    ['empty', () => file(''), /is empty/],
    ['blank', () => file(' \n\n'), /is not JSON/],
    ['not UTF-8', () => file(Buffer.from(`[{"key": "caf\xe9"}]`, 'latin1')), /is not UTF-8/],
    [
      'not UTF-8 far down',
      () => file(Buffer.concat([Buffer.from(`${eventText}\n`.repeat(2000)), Buffer.from([0xff, 0xfe])])),
      /is not UTF-8/,
    ],
    ['not JSON', () => file('<html>\n</html>'), /is not JSON \(.*\)/],
    [
      'a page that is cut off',
      async () => file((await readFile(fixture('feature_flags.json'), 'utf8')).slice(0, 9000)),
      /is not JSON .*cut off/,
    ],
    ['a page on one line that is cut off', () => file('{"count": 1, "results": [{"id": 1'), /is not JSON/],
    ['of no known kind', () => file('{"name": "something else"}'), /has nothing to import/],
    ['a page of something else', () => page({ id: 1, name: 'a cohort', groups: [] }), /has nothing to import/],
    ['a number', () => file('5'), /has nothing to import/],
    ['gzip that is cut off', () => file(gzipSync(eventText.repeat(50)).subarray(0, -9)), /is not valid gzip, or it is cut off/],
    ['zstd that is cut off', () => file(zstdCompressSync(eventText.repeat(50)).subarray(0, -9)), /is not valid zstd, or it is cut off/],
    ['gzip with something else behind it', () => file(Buffer.concat([gzipSync(eventText), Buffer.from('xyz')])), /is not valid gzip/],
    [
      'zstd with something else behind it',
      () => file(Buffer.concat([zstdCompressSync(eventText), Buffer.from('xyz')])),
      /is not valid zstd/,
    ],
    ['a zstd bomb', () => file(zstdCompressSync(bomb())), /unpacks to more than \d+ bytes/],
    ['a gzip bomb', () => file(gzipSync(bomb())), /unpacks to more than \d+ bytes/],
    ['Parquet', () => file('PAR1....'), /is a Parquet file\. Export JSON/],
    ['a zip archive', () => file(Buffer.from('504b0304140000', 'hex')), /is a zip archive\. Export JSON/],
    ['a HogQL query of something else', () => file(JSON.stringify({ columns: ['n'], results: [[1]] })), /has nothing to import/],
    ['lines of which none is an object', () => file('1\n[]\n"x"'), /is not JSON|none of its lines is a JSON object/],
    ['lines of which none is an event', () => file('{"a":1}\n{"b":2}'), /none of its lines is an event/],
  ])('%s', async (_what, make, reason) => {
    const path = await make()
    const before = await everything()
    const run = imported([...fixtures, path], { createProject: 'Never made', organization: organization.id })
    await expect(run).rejects.toThrow(OperatorError)
    await expect(run).rejects.toThrow(reason)
    await expect(run).rejects.toThrow(path)
    expect(await everything()).toBe(before)
    expect(await db.project.count({ where: { name: 'Never made' } })).toBe(0)
  })

  it('a failure half way leaves nothing either', async () => {
    const before = await everything()
    const failing = {
      begin: () => {},
      end: () => {},
      // Flags and experiments are written by then.
      advance: (by: number) => {
        if (by === 3) throw new Error('stop here')
      },
    }
    const target = { createProject: 'Never made', organization: organization.id }
    await expect(importFiles(db, { files: fixtures, target, progress: failing })).rejects.toThrow('stop here')
    expect(await everything()).toBe(before)
    expect(await db.project.count({ where: { name: 'Never made' } })).toBe(0)
  })
})

describe('the project', () => {
  it('is named by its number or its global id', async () => {
    const rows = await page(flag())
    expect((await imported([rows], { project: globalId('Project', project.id) })).project.id).toBe(project.id)
  })

  it.each([['999999'], ['99999999999'], ['shop'], [globalId('FeatureFlag', 1)]])('%s is rejected', async (text) => {
    await expect(imported([await page(flag())], { project: text })).rejects.toThrow(/There is no project|is not a project\. Use the number/)
  })

  it('is made with a time zone, once', async () => {
    const target = { createProject: '  Shop  ', organization: organization.name, timezone: 'europe/berlin' }
    const { project: made } = await imported([await page(flag())], target)
    expect(made).toMatchObject({ name: 'Shop', timezone: 'Europe/Berlin', organizationId: organization.id })
    await expect(imported([await page(flag())], target)).rejects.toThrow(
      `already has a project 'Shop'. To import into it, use --project ${made.id}`,
    )
    const elsewhere = await seedOrganization(db)
    expect((await imported([await page(flag())], { createProject: 'Shop', organization: elsewhere.id })).project.timezone).toBe('UTC')
  })

  it.each([
    ['  ', 'UTC', /1 to 200 characters/],
    ['n'.repeat(201), 'UTC', /1 to 200 characters/],
    ['a\nb', 'UTC', /one line/],
    ['Fine', 'Mars/Olympus', /'Mars\/Olympus' is not a time zone/],
    ['Fine', '+02:00', /is not a time zone/],
    ['Fine', '', /is not a time zone/],
  ])('%j in the time zone %j is rejected', async (createProject, timezone, reason) => {
    await expect(imported([await page(flag())], { createProject, timezone, organization: organization.id })).rejects.toThrow(reason)
  })

  it('goes into the organization that is named, else the demo one; else all are listed', async () => {
    const target = { createProject: 'Somewhere' }
    await seedOrganization(db, { name: 'Twin' })
    await seedOrganization(db, { name: 'Twin' })
    await expect(imported([await page(flag())], { ...target, organization: 'Twin' })).rejects.toThrow(
      /Several organizations have the name 'Twin'/,
    )
    await expect(imported([await page(flag())], { ...target, organization: 'Nobody' })).rejects.toThrow(
      /no organization 'Nobody'\. The organizations are '/,
    )
    await expect(imported([await page(flag())], target)).rejects.toThrow(/with --organization\. The organizations are '/)

    const demo = await seedOrganization(db)
    await seedUser(db, demo, { email: 'demo@example.com', level: 15 })
    expect((await imported([await page(flag())], target)).project.organizationId).toBe(demo.id)
  })
})
