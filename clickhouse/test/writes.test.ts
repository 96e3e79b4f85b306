import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../../src/platform/logger.ts'
import { exportProject } from '../../src/posthog/export/exportProject.ts'
import { importFiles } from '../../src/posthog/import/importFiles.ts'
import { noProgress } from '../../src/posthog/import/progress.ts'
import { jobs } from '../../src/server/jobs.ts'
import { seedColleague, seedPolicy } from '../../test/support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedProject } from '../../test/support/seed.ts'
import { globalId, seedTenant } from '../../test/support/testServer.ts'
import { bothStores, type NewEvent, send } from '../support/bothStores.ts'
import { insertEvents } from '../support/eventsTable.ts'

// What is written because of events in ClickHouse. The database has none here, apart from those that are added to both.

const { db, time, clickHouse, inClickHouse, serverWith, server, addEvents } = await bothStores({ maxExposureCohortSize: 5 })
const away = await serverWith({ EVENTS_URL: 'http://127.0.0.1:1' })

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  time.now = new Date('2026-11-20T12:00:00Z')
  tenant = await seedTenant(db)
})

/** Adds events to ClickHouse alone. */
const track = (project: { id: number }, events: readonly NewEvent[]) =>
  insertEvents(
    clickHouse,
    events.map(({ id = crypto.randomUUID(), event, timestamp, distinctId = 'somebody', properties = {} }) => ({
      ...{ projectId: project.id, id, event, timestamp: new Date(timestamp), distinctId, properties: JSON.stringify(properties) },
    })),
  )
const call = (key: string, timestamp: string, distinctId = 'a', answer: unknown = 'test', more: object = {}): NewEvent => ({
  ...{ event: '$feature_flag_called', timestamp, distinctId },
  properties: { $feature_flag: key, $feature_flag_response: answer, ...more },
})
const mutate = async (on: typeof server, key: string, name: string, input: object, selection = '') => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ... on Error { message } ${selection} } }`
  const { data, errors } = await send(on, key, query, { input })
  return errors ?? data.result
}

describe('createExperiment', () => {
  const input = (event: string, more: object = {}) => ({
    ...{ projectId: String(tenant.project.id), name: `On ${event}`, featureFlagKey: `flag-${crypto.randomUUID()}`, ...more },
    primaryMetrics: [{ mean: { source: { event } } }],
  })

  it('knows the events that ClickHouse has', async () => {
    await track(tenant.project, [{ event: "it's bought", timestamp: '2026-11-01' }])
    expect(await mutate(inClickHouse.server, tenant.key, 'createExperiment', input("it's bought"))).toEqual({ __typename: 'Experiment' })
    const refused = await mutate(inClickHouse.server, tenant.key, 'createExperiment', input('never'))
    expect(refused).toMatchObject({ __typename: 'ValidationError' })
    // The database does not have it.
    expect(await mutate(server, tenant.key, 'createExperiment', input("it's bought"))).toMatchObject({ __typename: 'ValidationError' })
  })

  it('is not done while ClickHouse is away, unless any event may be named', async () => {
    const before = await db.experiment.count()
    expect(await mutate(away.server, tenant.key, 'createExperiment', input('buy'))).toMatchObject([
      { extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ])
    expect(await db.experiment.count()).toBe(before)
    const allowed = input('buy', { allowUnknownEvents: true })
    expect(await mutate(away.server, tenant.key, 'createExperiment', allowed)).toEqual({ __typename: 'Experiment' })
  })
})

describe('freezeExposure', () => {
  const seedRunning = async (exposureCriteria?: object) => {
    const flag = await seedFlag(db, tenant.project, { filters: controlAndTest })
    const experiment = await seedExperiment(db, flag, {
      startDate: new Date('2026-11-01'),
      ...(exposureCriteria === undefined ? {} : { exposureCriteria: exposureCriteria as object }),
    })
    return { flag, experiment, input: { id: globalId('Experiment', experiment.id) } }
  }
  const membersOf = async ({ id }: { id: number }) => {
    const { exposureCohortId } = await db.experiment.findUniqueOrThrow({ where: { id } })
    const members = await db.cohortMember.findMany({ where: { cohortId: exposureCohortId ?? 0 }, orderBy: { distinctId: 'asc' } })
    return members.map(({ distinctId }) => distinctId)
  }

  it('puts the same people into the cohort, whichever store tells them', async () => {
    const people: string[][] = []
    for (const on of [server, inClickHouse.server]) {
      const { flag, experiment, input } = await seedRunning()
      await addEvents(tenant.project, [
        call(flag.key, '2026-11-01', 'first'),
        call(flag.key, '2026-10-31T23:59:59.999Z', 'early'),
        call(flag.key, '2026-11-20T12:00:00Z', 'last', 'control'),
        call(flag.key, '2026-11-20T12:00:00.001Z', 'late'),
        call(flag.key, '2026-11-05', "o'brien \\ 100%"),
        call(flag.key, '2026-11-05', 'no variant', true),
        call(flag.key, '2026-11-05', 'unknown', 'other'),
        call('another', '2026-11-05', 'elsewhere'),
        call(flag.key, '2026-11-05', ''),
        { ...call(flag.key, '2026-11-05', 'broken'), properties: 'no JSON' },
      ])
      expect(await mutate(on, tenant.key, 'freezeExposure', input)).toEqual({ __typename: 'Experiment' })
      people.push(await membersOf(experiment))
    }
    expect(people[0]).toEqual(['first', 'last', "o'brien \\ 100%"])
    expect(people[1]).toEqual(people[0])
  })

  it('judges filters and activations alike', async () => {
    const criteria = {
      exposure_config: {
        ...{ kind: 'ExperimentEventExposureConfig', event: '$feature_flag_called' },
        properties: [{ key: 'plan', type: 'person', value: ['pro'], operator: 'exact' }],
      },
      activation_config: { kind: 'ExperimentEventExposureConfig', event: 'used', properties: [] },
    }
    const people: string[][] = []
    for (const on of [server, inClickHouse.server]) {
      const { flag, experiment, input } = await seedRunning(criteria)
      await addEvents(tenant.project, [
        call(flag.key, '2026-11-05', 'in', 'test', { $set: { plan: 'pro' } }),
        call(flag.key, '2026-11-05', 'once', 'test', { $set_once: { plan: 'pro' }, count: 2 ** 66 }),
        call(flag.key, '2026-11-05', 'free', 'test', { $set: { plan: 'free' }, plan: 'pro' }),
        call(flag.key, '2026-11-05', 'idle', 'test', { $set: { plan: 'pro' } }),
        call(flag.key, '2026-11-07', 'before', 'test', { $set: { plan: 'pro' } }),
        ...['in', 'once', 'free', 'before'].map((distinctId) => ({ event: 'used', timestamp: '2026-11-06', distinctId })),
      ])
      expect(await mutate(on, tenant.key, 'freezeExposure', input)).toEqual({ __typename: 'Experiment' })
      people.push(await membersOf(experiment))
    }
    expect(people[0]).toEqual(['in', 'once'])
    expect(people[1]).toEqual(people[0])
  })

  it('is refused for more people than fit', async () => {
    const { flag, input } = await seedRunning()
    await track(
      tenant.project,
      Array.from({ length: 6 }, (_, n) => call(flag.key, '2026-11-05', `p${n}`)),
    )
    expect(await mutate(inClickHouse.server, tenant.key, 'freezeExposure', input)).toMatchObject({
      ...{ __typename: 'InvalidStateError', message: expect.stringContaining('More than 5') },
    })
  })

  it('asks ClickHouse again when an approver applies it', async () => {
    const approver = await seedColleague(db, tenant)
    await seedPolicy(db, tenant, 'EXPERIMENT_UPDATE', [approver])
    const { flag, experiment, input } = await seedRunning()
    await track(tenant.project, [call(flag.key, '2026-11-05', 'a')])
    const selection = '... on ApprovalRequiredError { changeRequest { id } }'
    const asked = await mutate(inClickHouse.server, tenant.key, 'freezeExposure', input, selection)
    expect(asked.__typename).toBe('ApprovalRequiredError')
    await track(tenant.project, [call(flag.key, '2026-11-06', 'b')])
    const approved = await mutate(inClickHouse.server, approver.key, 'approveChangeRequest', { id: asked.changeRequest.id })
    expect(approved.__typename).not.toMatch(/Error$/)
    expect(await membersOf(experiment)).toEqual(['a', 'b'])
  })

  it('changes nothing while ClickHouse is away', async () => {
    const { experiment, input } = await seedRunning()
    expect(await mutate(away.server, tenant.key, 'freezeExposure', input)).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }])
    expect(await db.experiment.findUniqueOrThrow({ where: { id: experiment.id } })).toMatchObject({ exposureFrozenAt: null })
  })
})

it('launchExperiment with checks looks at the events in ClickHouse', async () => {
  const source = { kind: 'EventsNode', event: 'buy' }
  const flag = await seedFlag(db, tenant.project, { key: 'checkout' })
  const experiment = await seedExperiment(db, flag, {
    metrics: [{ kind: 'ExperimentMetric', metric_type: 'mean', uuid: crypto.randomUUID(), source }],
  })
  const launch = () =>
    mutate(
      inClickHouse.server,
      tenant.key,
      'launchExperiment',
      { id: globalId('Experiment', experiment.id), requireChecks: true },
      '... on LaunchBlockedError { checks { kind } }',
    )
  const { checks } = await launch()
  expect(checks.map(({ kind }: { kind: string }) => kind)).toContain('METRIC_EVENTS_UNSEEN')
  await track(tenant.project, [
    { event: 'buy', timestamp: '2026-11-19', properties: { '$feature/checkout': 'test' } },
    call('checkout', '2026-11-19'),
  ])
  const after = await launch()
  expect((after.checks ?? []).map(({ kind }: { kind: string }) => kind)).not.toContain('METRIC_EVENTS_UNSEEN')
})

describe('the job that notes last calls', () => {
  const lastCalledAt = async (flag: { id: number }) => {
    const { data } = await send(inClickHouse.server, tenant.key, `{ featureFlag(id: ${flag.id}) { lastCalledAt } }`)
    return data.featureFlag.lastCalledAt
  }
  const newJob = () => {
    const { noteLastCalls } = jobs({
      database: inClickHouse.database,
      clock: () => time.now,
      log: createLogger({ logLevel: 'silent' }),
      server: inClickHouse.server,
    })
    if (noteLastCalls === undefined) throw new Error('There is no such job.')
    return noteLastCalls
  }

  it('notes the newest call of each flag, and never an older one', async () => {
    const flag = await seedFlag(db, tenant.project, { key: "it's" })
    const other = await seedFlag(db, tenant.project, { key: 'other' })
    const silent = await seedFlag(db, tenant.project, { key: 'silent' })
    const project = await seedProject(db, tenant.organization)
    const namesake = await seedFlag(db, project, { key: 'other' })
    await track(tenant.project, [call("it's", '2026-11-18'), call("it's", '2026-11-19T10:00:00Z'), call('other', '2026-11-01')])
    const note = newJob()
    await note()
    expect(await lastCalledAt(flag)).toBe('2026-11-19T10:00:00.000Z')
    expect(await lastCalledAt(other)).toBe('2026-11-01T00:00:00.000Z')
    expect([await lastCalledAt(silent), await lastCalledAt(namesake)]).toEqual([null, null])

    await track(tenant.project, [call("it's", '2026-11-17'), call('other', '2026-11-20T11:30:00Z'), call('other', '2026-11-19')])
    time.now = new Date('2026-11-20T12:05:00Z')
    expect(await note()).toEqual({ noted: 1 })
    expect(await lastCalledAt(flag)).toBe('2026-11-19T10:00:00.000Z')
    expect(await lastCalledAt(other)).toBe('2026-11-20T11:30:00.000Z')
  })

  it('fails while ClickHouse is away, and then looks at everything', async () => {
    const flag = await seedFlag(db, tenant.project)
    await track(tenant.project, [call(flag.key, '2026-09-01')])
    const log = createLogger({ logLevel: 'silent' })
    const { noteLastCalls } = jobs({ database: away.database, clock: () => time.now, log, server: away.server })
    await expect(noteLastCalls?.()).rejects.toThrow('ClickHouse cannot be reached')
    await newJob()()
    expect(await lastCalledAt(flag)).toBe('2026-09-01T00:00:00.000Z')
  })
})

describe('files', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'experiments-graph-files-'))
    return () => rm(folder, { recursive: true })
  })
  const event = { uuid: crypto.randomUUID(), event: 'buy', distinct_id: 'a', timestamp: '2026-11-01T00:00:00Z', properties: {} }
  const { eventsElsewhere } = inClickHouse

  it('of events are not imported into a project whose events are in ClickHouse; then nothing is', async () => {
    const events = join(folder, 'events.ndjson')
    const flags = join(folder, 'flags.json')
    await writeFile(events, JSON.stringify(event))
    await writeFile(flags, JSON.stringify({ results: [{ id: 1, key: 'imported', name: '', filters: {} }] }))
    const target = { project: String(tenant.project.id) }
    await expect(importFiles(db, { files: [flags, events], target, eventsElsewhere })).rejects.toThrow(
      /events\.ndjson has events, and the events of project \d+ .* come from ClickHouse \(EVENTS_URL\): insert them there/,
    )
    expect(await db.featureFlag.count({ where: { projectId: tenant.project.id } })).toBe(0)
    await importFiles(db, { files: [flags], target, eventsElsewhere })
    expect(await db.featureFlag.count({ where: { projectId: tenant.project.id } })).toBe(1)
    const { eventsElsewhere: others } = await serverWith({ EVENTS_PROJECTS: `${tenant.project.id + 1}=1` })
    await importFiles(db, { files: [events], target, eventsElsewhere: others })
    expect(await db.event.count({ where: { projectId: tenant.project.id } })).toBe(1)
  })

  it('are exported without the events that the service does not read', async () => {
    await addEvents(tenant.project, [{ event: 'buy', timestamp: '2026-11-01' }])
    const to = join(folder, 'out')
    const options = { project: String(tenant.project.id), progress: noProgress, folder: to }
    expect(await exportProject(db, { ...options, eventsElsewhere })).toMatchObject({ withoutEvents: true })
    expect(await readdir(to)).not.toContain('events.ndjson')
    await rm(to, { recursive: true })
    expect(await exportProject(db, options)).toMatchObject({ withoutEvents: false })
    expect(await readdir(to)).toContain('events.ndjson')
  })
})
