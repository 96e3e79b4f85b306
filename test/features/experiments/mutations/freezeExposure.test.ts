import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer({ maxExposureCohortSize: 3 })

const startDate = new Date('2026-11-01')
const plan = { key: 'plan', type: 'person', value: ['pro'], operator: 'exact' }
const ownCohort = { key: 'id', type: 'cohort', value: 5, operator: 'in' }
const groups = [
  { properties: [plan, ownCohort], rollout_percentage: 40, variant: 'test', sort_key: 'a' },
  { properties: null, rollout_percentage: 100 },
]

async function seedLab({
  flag = {},
  experiment = {},
}: {
  flag?: object
  experiment?: Partial<Prisma.ExperimentUncheckedCreateInput>
} = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { filters: { ...controlAndTest, groups }, lastModifiedById: null, ...flag })
  const made = await seedExperiment(db, row, { name: 'Checkout', startDate, ...experiment })
  const id = globalId('Experiment', made.id)
  const expose = (distinctId: string, more: { timestamp?: Date; event?: string; properties?: unknown; projectId?: number } = {}) =>
    db.event.create({
      data: {
        projectId: more.projectId ?? tenant.project.id,
        id: crypto.randomUUID(),
        event: more.event ?? '$feature_flag_called',
        timestamp: more.timestamp ?? new Date('2026-11-05'),
        distinctId,
        properties:
          typeof more.properties === 'string'
            ? more.properties
            : JSON.stringify(more.properties ?? { $feature_flag: row.key, $feature_flag_response: 'test' }),
      },
    })
  const mutate = async (name: string, key = tenant.key) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
    const { data, errors } = await run(
      key,
      `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ... on Error { message } ... on InvalidStateError { state }
        ... on ApprovalRequiredError { actionKey changeRequest { id description after } }
        ... on Experiment { status exposureFrozenAt freezeBlockers { kind } } } }`,
      { input: { id } },
    )
    return errors ?? data.result
  }
  const blockers = async () => {
    const { data } = await run(tenant.key, 'query ($id: ID!) { experiment(id: $id) { freezeBlockers { kind message } } }', { id })
    return data.experiment.freezeBlockers
  }
  const stored = async () => ({
    flag: await db.featureFlag.findUniqueOrThrow({ where: { id: row.id } }),
    experiment: await db.experiment.findUniqueOrThrow({ where: { id: made.id } }),
  })
  const members = async () => {
    const { experiment } = await stored()
    const rows = await db.cohortMember.findMany({ where: { cohortId: experiment.exposureCohortId ?? 0 }, orderBy: { distinctId: 'asc' } })
    return rows.map(({ distinctId }) => distinctId)
  }
  return { ...tenant, flag: row, experiment: made, id, expose, mutate, blockers, stored, members }
}

describe('freezeExposure', () => {
  it('adds the people who were exposed so far to each condition set, and unfreezing takes away exactly that', async () => {
    const { user, project, flag, experiment, expose, mutate, stored, members } = await seedLab()
    await expose('a')
    await expose('a')
    await expose('b', { timestamp: startDate })
    expect(await mutate('freezeExposure')).toEqual({
      __typename: 'Experiment',
      status: 'EXPOSURE_FROZEN',
      exposureFrozenAt: time.now.toISOString(),
      freezeBlockers: [{ kind: 'ALREADY_FROZEN' }],
    })
    const frozen = await stored()
    const cohortId = frozen.experiment.exposureCohortId ?? 0
    const added = { key: 'id', type: 'cohort', value: cohortId, operator: 'in' }
    const stamp = { exposure_frozen: true, exposure_frozen_cohort: cohortId }
    expect(frozen.flag).toMatchObject({ version: 2, lastModifiedById: user.id, exposureFrozen: true })
    expect(frozen.flag.filters).toEqual({
      ...controlAndTest,
      groups: [
        { ...groups[0], properties: [plan, ownCohort, added], ...stamp },
        { ...groups[1], properties: [added], ...stamp },
      ],
    })
    expect(frozen.experiment).toMatchObject({ exposureFrozenAt: time.now, startDate, endDate: null })
    expect(await db.cohort.findUniqueOrThrow({ where: { id: cohortId } })).toMatchObject({
      projectId: project.id,
      name: 'Users exposed to experiment "Checkout"',
      isStatic: true,
      size: 2,
      createdById: user.id,
    })
    expect(await members()).toEqual(['a', 'b'])
    const [entry] = await db.activity.findMany({ where: { experimentId: experiment.id } })
    expect(entry).toMatchObject({
      activity: 'freezeExposure',
      featureFlagId: flag.id,
      after: { exposureCohortId: cohortId, featureFlag: { 'filters.groups': (frozen.flag.filters as { groups: object }).groups } },
    })

    expect(await mutate('freezeExposure')).toMatchObject({ __typename: 'InvalidStateError', state: 'EXPOSURE_FROZEN' })
    expect(await mutate('unfreezeExposure')).toMatchObject({ status: 'RUNNING', exposureFrozenAt: null })
    const thawed = await stored()
    expect(thawed.flag.filters).toEqual({ ...controlAndTest, groups: [groups[0], { ...groups[1], properties: [] }] })
    expect(thawed.experiment.exposureCohortId).toBeNull()
    expect(await mutate('unfreezeExposure')).toMatchObject({
      __typename: 'InvalidStateError',
      message: 'Experiment exposure is not frozen.',
    })
  })

  it('takes only events that expose: of this flag, with one of its variants, from the start until now', async () => {
    const { flag, project, expose, mutate, members } = await seedLab()
    const stranger = await seedTenant(db)
    const call = (properties: object) => ({ properties: { $feature_flag: flag.key, $feature_flag_response: 'test', ...properties } })
    await expose('in', call({ $feature_flag_response: 'control' }))
    for (const response of [false, true, null, 7, 'gone', 'holdout-1', ['test']])
      await expose('wrong', call({ $feature_flag_response: response }))
    await expose('other flag', call({ $feature_flag: `${flag.key}x` }))
    await expose('number', call({ $feature_flag: 7 }))
    await expose('before', { timestamp: new Date(startDate.getTime() - 1) })
    await expose('later', { timestamp: new Date(time.now.getTime() + 1) })
    await expose('other event', { event: 'purchase' })
    await expose('', {})
    for (const text of ['', 'not json', '[]', '"test"', '{"$feature_flag_response": "test"', 'null'])
      await expose('malformed', { properties: text })
    await expose('theirs', { projectId: stranger.project.id })
    expect(await mutate('freezeExposure')).toMatchObject({ status: 'EXPOSURE_FROZEN' })
    expect(await members()).toEqual(['in'])
    expect(project.id).not.toBe(stranger.project.id)
  })

  it('takes the event of the exposure criteria', async () => {
    const exposureCriteria = { exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'seen', properties: [] } }
    const { flag, expose, mutate, members } = await seedLab({ experiment: { exposureCriteria } })
    await expose('called')
    await expose('seen', { event: 'seen', properties: { [`$feature/${flag.key}`]: 'control' } })
    await expose('seen nothing', { event: 'seen', properties: { '$feature/other': 'control' } })
    await mutate('freezeExposure')
    expect(await members()).toEqual(['seen'])
  })

  it('takes only events that meet the filters of the criteria and are of no test account', async () => {
    const properties = [
      { key: 'page', type: 'event', operator: 'regex', value: '^/check' },
      { key: 'vip', operator: 'is_not', value: ['yes'] },
    ]
    const exposureCriteria = { exposure_config: { kind: 'ExperimentEventExposureConfig', event: '$feature_flag_called', properties } }
    const { flag, project, experiment, expose, mutate, members } = await seedLab({ experiment: { exposureCriteria } })
    const testAccountFilters = [{ key: 'email', type: 'person', operator: 'not_icontains', value: '@us.example' }]
    await db.project.update({ where: { id: project.id }, data: { testAccountFilters } })
    const call = (more: object) => ({ properties: { $feature_flag: flag.key, $feature_flag_response: 'test', ...more } })
    await expose('in', call({ page: '/checkout', $set: { email: 'a@them.example' } }))
    await expose('no email', call({ page: '/check' }))
    await expose('other page', call({ page: '/home' }))
    await expose('no page', call({}))
    await expose('vip', call({ page: '/checkout', vip: 'yes' }))
    await expose('tester', call({ page: '/checkout', $set: { email: 'x@US.example' } }))
    await expose('own', call({ page: '/checkout', email: 'x@us.example' }))
    await expose('other flag', { properties: { $feature_flag: 'other', $feature_flag_response: 'test', page: '/checkout' } })
    // One of the events is enough.
    await expose('twice', call({ page: '/home' }))
    await expose('twice', call({ page: '/checkout' }))
    expect(await mutate('freezeExposure')).toMatchObject({ status: 'EXPOSURE_FROZEN' })
    expect(await members()).toEqual(['in', 'no email', 'twice'])
    const cohort = await db.cohort.findFirstOrThrow({ where: { projectId: project.id } })
    expect(cohort.size).toBe(3)

    await db.experiment.update({ where: { id: experiment.id }, data: { exposureCriteria: { filterTestAccounts: false } } })
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: { ...controlAndTest, groups } } })
    expect(await mutate('freezeExposure')).toMatchObject({
      __typename: 'InvalidStateError',
      message: expect.stringContaining('More than 3 people'),
    })
  })

  it('counts who is exposed without test accounts', async () => {
    const { project, expose, blockers } = await seedLab()
    await db.project.update({
      where: { id: project.id },
      data: { testAccountFilters: [{ key: '$feature_flag_response', operator: 'is_set', value: 'is_set' }] },
    })
    expect(await blockers()).toMatchObject([{ kind: 'NO_EVENTS' }])
    for (const person of ['a', 'b', 'c']) await expose(person)
    expect(await blockers()).toEqual([])
    await expose('d')
    expect(await blockers()).toMatchObject([{ kind: 'TOO_MANY_EXPOSED' }])
  })

  it('leaves out who only got an excluded variant', async () => {
    const { flag, expose, mutate, members } = await seedLab({ experiment: { parameters: { excluded_variants: ['test'] } } })
    await expose('old')
    await expose('in', { properties: { $feature_flag: flag.key, $feature_flag_response: 'control' } })
    await mutate('freezeExposure')
    expect(await members()).toEqual(['in'])
  })

  it('takes only people who were activated at or after their first exposure', async () => {
    const activation = { kind: 'EventsNode', event: 'opened', properties: [{ key: 'page', value: ['/a'] }] }
    const { expose, mutate, members } = await seedLab({ experiment: { exposureCriteria: { activation_config: activation } } })
    const opened = (hour: number, page = '/a') => ({
      event: 'opened',
      properties: { page },
      timestamp: new Date(Date.UTC(2026, 10, 5, hour)),
    })
    for (const person of ['at once', 'after', 'before', 'elsewhere', 'never']) await expose(person)
    await expose('at once', opened(0))
    await expose('after', opened(3))
    await expose('before', { ...opened(0), timestamp: new Date('2026-11-04T23:00:00Z') })
    await expose('elsewhere', opened(3, '/b'))
    await expose('not exposed', opened(3))
    await mutate('freezeExposure')
    expect(await members()).toEqual(['after', 'at once'])
  })

  it('takes the events of an action, and nobody for one that is deleted', async () => {
    const tenant = await seedLab()
    const action = await db.action.create({
      data: { projectId: tenant.project.id, name: 'Seen', steps: [{ event: 'seen' }, { event: 'read' }] },
    })
    const exposureCriteria = { exposure_config: { kind: 'ActionsNode', id: action.id } }
    await db.experiment.update({ where: { id: tenant.experiment.id }, data: { exposureCriteria } })
    const properties = { [`$feature/${tenant.flag.key}`]: 'control' }
    await tenant.expose('called')
    await tenant.expose('seen', { event: 'seen', properties })
    await tenant.expose('read', { event: 'read', properties })
    await db.action.update({ where: { id: action.id }, data: { deleted: true } })
    expect(await tenant.blockers()).toMatchObject([{ kind: 'NO_EVENTS' }])
    await db.action.update({ where: { id: action.id }, data: { deleted: false } })
    await tenant.mutate('freezeExposure')
    expect(await tenant.members()).toEqual(['read', 'seen'])
  })

  const config = (more: object) => ({ exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'seen', ...more } })
  it.each<[string, object, object[]]>([
    ['"cohort"', config({ properties: [{ key: 'id', type: 'cohort', value: 1 }] }), []],
    ['"hogql"', {}, [{ key: 'true', type: 'hogql' }]],
    ['operator "sounds_like"', config({ properties: [{ key: 'page', operator: 'sounds_like', value: 'x' }] }), []],
    [
      'test accounts of the project, filter 2',
      {},
      [
        { key: 'a', value: 'b' },
        { key: 'x', type: 'group', value: 'y' },
      ],
    ],
    ['"Strange"', { exposure_config: { kind: 'Strange' } }, []],
    ['by no named event', { activation_config: { kind: 'EventsNode', event: null } }, []],
  ])('is refused where events cannot tell, and names %s', async (named, exposureCriteria, testAccountFilters) => {
    const { project, expose, mutate, blockers } = await seedLab({
      experiment: { exposureCriteria: exposureCriteria as Prisma.InputJsonObject },
    })
    await db.project.update({ where: { id: project.id }, data: { testAccountFilters: testAccountFilters as Prisma.InputJsonValue } })
    await expose('a')
    const [blocker, ...others] = await blockers()
    expect(others).toEqual([])
    expect(blocker).toMatchObject({ kind: 'CRITERIA_NOT_JUDGED', message: expect.stringContaining(named) })
    expect(await mutate('freezeExposure')).toMatchObject({ __typename: 'InvalidStateError', message: blocker.message })
    expect(await db.cohort.count({ where: { projectId: project.id } })).toBe(0)
  })

  const paused = { active: false }
  const some = (filters: object) => ({ flag: { filters: { ...controlAndTest, groups, ...filters } } })
  it.each([
    ['NOT_RUNNING', { experiment: { startDate: null } }],
    ['NOT_RUNNING', { experiment: { endDate: new Date('2026-11-10') } }],
    ['NOT_RUNNING', { flag: { deleted: true } }],
    ['PAUSED', { flag: paused }],
    ['NO_CONDITIONS', some({ groups: [] })],
    ['NO_CONDITIONS', some({ groups: ['x'] })],
    ['NO_CONDITIONS', some({ groups: 'x' })],
    ['GROUP_AGGREGATED', some({ aggregation_group_type_index: 0 })],
    ['GROUP_AGGREGATED', some({ groups: [{ properties: [], aggregation_group_type_index: 1 }] })],
    ['HAS_HOLDOUT', some({ holdout: { id: 1, exclusion_percentage: 10 } })],
    ['EARLY_ACCESS', some({ feature_enrollment: true })],
  ])('is refused for %s: %j, and freezeBlockers says the same', async (kind, stage) => {
    const { expose, mutate, blockers, stored } = await seedLab(stage as never)
    await expose('a')
    const before = await stored()
    const found = await blockers()
    expect(found.map((blocker: { kind: string }) => blocker.kind)).toEqual([kind])
    expect(await mutate('freezeExposure')).toMatchObject({ __typename: 'InvalidStateError', message: found[0].message })
    expect(await stored()).toEqual(before)
    expect(await db.cohort.count({ where: { projectId: before.flag.projectId } })).toBe(0)
  })

  it('is refused when nobody or too many were exposed', async () => {
    const { expose, mutate, blockers } = await seedLab()
    expect(await blockers()).toMatchObject([{ kind: 'NO_EVENTS' }])
    expect(await mutate('freezeExposure')).toMatchObject({ __typename: 'InvalidStateError' })
    for (const person of ['a', 'b', 'c', 'd']) await expose(person)
    expect(await blockers()).toMatchObject([{ kind: 'TOO_MANY_EXPOSED' }])
    expect(await mutate('freezeExposure')).toMatchObject({
      __typename: 'InvalidStateError',
      message: expect.stringContaining('More than 3'),
    })
  })

  it('is refused when more values would have to be judged than may be read: none of them is left out', async () => {
    const properties = [{ key: 'page', type: 'event', operator: 'exact', value: ['9'] }]
    const exposureCriteria = { exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'seen', properties } }
    const { flag, project, mutate, blockers } = await seedLab({ experiment: { exposureCriteria } })
    const see = (from: number, to: number) => db.$executeRaw`
      INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
      SELECT ${project.id}::int, md5(${flag.key}::text || n)::uuid, 'seen', timestamptz '2026-11-05 00:00Z', 'somebody',
        json_build_object(${`$feature/${flag.key}`}::text, 'test', 'page', n::text)::text
      FROM generate_series(${from}::int, ${to}::int) AS n`
    await see(1, 1_003)
    expect(await blockers()).toEqual([])
    await see(1_004, 1_004)
    const [blocker] = await blockers()
    expect(blocker).toMatchObject({ kind: 'CRITERIA_NOT_JUDGED', message: expect.stringContaining('More than 1003 people and values') })
    expect(await mutate('freezeExposure')).toMatchObject({ __typename: 'InvalidStateError', message: blocker.message })
    expect(await db.cohort.count({ where: { projectId: project.id } })).toBe(0)
  })

  it('freezes once of two equal calls at once', async () => {
    const { expose, mutate, flag } = await seedLab()
    await expose('a')
    const both = await Promise.all([mutate('freezeExposure'), mutate('freezeExposure')])
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['Experiment', 'InvalidStateError'])
    expect(await db.cohort.count({ where: { projectId: flag.projectId } })).toBe(1)
  })

  it('freezes a set that came later too, with everybody', async () => {
    const { flag, expose, mutate, stored, members } = await seedLab()
    await expose('a')
    await mutate('freezeExposure')
    const first = (await stored()).flag.filters as { groups: object[] }
    const later = { ...first, groups: [...first.groups, { properties: [], rollout_percentage: 5 }] }
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: later } })
    await expose('b')
    expect(await mutate('freezeExposure')).toMatchObject({ status: 'EXPOSURE_FROZEN' })
    expect(await members()).toEqual(['a', 'b'])
    const { groups: sets } = (await stored()).flag.filters as { groups: { properties: unknown[] }[] }
    expect(sets.map(({ properties }) => properties.length)).toEqual([3, 1, 1])
  })

  it('is not found for others, and needs the scope', async () => {
    const { user, mutate } = await seedLab()
    const stranger = await seedLab()
    for (const name of ['freezeExposure', 'unfreezeExposure']) {
      expect(await mutate(name, stranger.key)).toMatchObject({ __typename: 'NotFoundError' })
      const reader = await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] })
      expect(await mutate(name, reader)).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    }
  })
})

it('under a policy, freezing waits, and then has everybody who was exposed until it is made', async () => {
  const lab = await seedLab()
  const approver = await seedColleague(db, lab)
  await seedPolicy(db, lab, 'EXPERIMENT_UPDATE', [approver])
  await lab.expose('a')
  const refused = await lab.mutate('freezeExposure')
  expect(refused).toMatchObject({ __typename: 'ApprovalRequiredError', actionKey: 'EXPERIMENT_UPDATE' })
  expect(refused.changeRequest.description).toContain('condition set 1 changed')
  await lab.expose('b')
  const approve = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename
    ... on ApproveChangeRequestSuccess { outcome { __typename } } } }`
  const { data } = await run(approver.key, approve, { id: refused.changeRequest.id })
  expect(data.approveChangeRequest).toEqual({ __typename: 'ApproveChangeRequestSuccess', outcome: { __typename: 'ChangeApplied' } })
  expect(await lab.members()).toEqual(['a', 'b'])
})

it('reset takes away what freezing added, and leaves what another experiment froze', async () => {
  const { expose, mutate, stored, flag } = await seedLab()
  await expose('a')
  await mutate('freezeExposure')
  const other = await seedExperiment(db, flag, { startDate })
  const reset = `mutation ($id: ID!) { resetExperiment(input: { id: $id }) { __typename } }`
  const { key } = await db.user
    .findFirstOrThrow({ where: { memberships: { some: { organization: { projects: { some: { id: flag.projectId } } } } } } })
    .then(async (user) => ({ key: await seedKey(db, user) }))
  await run(key, reset, { id: globalId('Experiment', other.id) })
  expect((await stored()).flag.exposureFrozen).toBe(true)
  await mutate('resetExperiment')
  expect(await stored()).toMatchObject({
    flag: { exposureFrozen: false, version: 3 },
    experiment: { startDate: null, exposureCohortId: null, exposureFrozenAt: null },
  })
})
