import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { controlAndTest } from '../../../support/seed.ts'

// A write whose answer says nothing, while PostHog and other people go on. What the caller is told has to be true.

const linked = await linkedServer({
  fill: ({ person, rows }) => {
    for (const key of ['touched', 'measured', 'ended', 'paused'])
      person.createFlag({ key, filters: { ...controlAndTest, payloads: {} }, active: false })
    for (const name of ['touched', 'measured', 'ended', 'paused']) person.createExperiment({ name, feature_flag_key: name })
    person.createFlag({ key: 'plain', name: 'Plain' })
    rows.flag({ key: 'old', name: 'Old', version: null })
    rows.flag({ key: 'older', name: 'Older', version: null })
    for (let number = 100; number < 220; number++) {
      person.createHoldout(`Holdout ${number}`, 1)
      rows.savedMetric({ name: `Metric ${number}` })
    }
  },
})
const { posthog, mutate, differences, flagId, experimentId, db, run, key: ownKey } = linked
const { state, person } = posthog
const projectId = String(linked.project.id)
const colleague = posthog.as(posthog.addUser({ level: 15 }))
const flagThere = (key: string) => state.flags.where((row) => row.key === key)[0] ?? person.flag(0)
const experimentThere = (name: string) => state.experiments.where((row) => row.name === name)[0] ?? person.experiment(0)
const experiment = async (name: string) => experimentId(experimentThere(name).id)
afterEach(() => posthog.faults.allOff())

describe.each([
  ['that is empty', ''],
  ['that is null', null],
  ['without an id', { detail: 'Thank you.' }],
])('an answer %s', (_what, body) => {
  it('is no answer: reading finds what was done', async () => {
    const hide = (method: string, on: string) => posthog.faults.on({ kind: 'otherBody', body, method, on, times: 1 })
    const text = JSON.stringify(body)
    hide('PATCH', 'feature_flags')
    expect(await mutate('updateFeatureFlag', { id: await flagId(flagThere('plain').id), name: `Name ${text}` })).toMatchObject({
      __typename: 'FeatureFlag',
      errors: undefined,
    })
    expect(flagThere('plain').name).toBe(`Name ${text}`)
    hide('POST', 'experiments')
    const made = { projectId, name: `Made ${text}`, featureFlagKey: `made-${text.length}` }
    expect(await mutate('createExperiment', made)).toMatchObject({ __typename: 'Experiment', errors: undefined })
    expect(state.experiments.where((row) => row.name === made.name)).toHaveLength(1)
    expect(await differences()).toEqual({})
  })
})

describe('in a list of more than a hundred rows', () => {
  it.each([
    ['is lost', { kind: 'droppedAfterWrite' as const }],
    ['is a 500', { kind: 'serverErrorAfterWrite' as const }],
  ])('a new row is found if its answer %s', async (what, fault) => {
    posthog.faults.on({ ...fault, method: 'POST', on: 'experiment_holdouts', times: 1 })
    expect(await mutate('createHoldout', { projectId, name: `z ${what}`, exclusionPercentage: 5 })).toMatchObject({ __typename: 'Holdout' })
    posthog.faults.on({ ...fault, method: 'POST', on: 'experiment_saved_metrics', times: 1 })
    const metric = { mean: { name: 'Purchases', source: { event: 'purchase' } } }
    expect(await mutate('createSavedMetric', { projectId, name: `z ${what}`, metric })).toMatchObject({ __typename: 'SavedMetric' })
    expect(await differences()).toEqual({})
  })
})

describe('a flag that has no version in PostHog', () => {
  const versionHere = async (id: string) =>
    (await run(ownKey, `{ node(id: "${id}") { ... on FeatureFlag { version } } }`)).data?.node.version
  const [old, older] = [flagThere('old').id, flagThere('older').id]

  it('has version 0, which PostHog counts from', async () => {
    const id = await flagId(old)
    expect(await versionHere(id)).toBe(0)
    expect(await mutate('updateFeatureFlag', { id, name: 'New', version: 0 })).toMatchObject({ __typename: 'FeatureFlag' })
    expect(flagThere('old')).toMatchObject({ name: 'New', version: 1 })
    expect(await versionHere(id)).toBe(1)
  })

  it('is not overwritten by somebody who read it before its first change', async () => {
    const id = await flagId(older)
    const version = await versionHere(id)
    colleague.updateFlag(older, { name: 'Theirs' })
    expect(await mutate('updateFeatureFlag', { id, name: 'Mine', version })).toMatchObject({ __typename: 'VersionConflictError' })
    expect(flagThere('older').name).toBe('Theirs')
  })
})

describe('a write whose flag cannot be read afterwards', () => {
  it('is not answered with the flag as it was', async () => {
    expect(await mutate('launchExperiment', { id: await experiment('paused') })).toMatchObject({ __typename: 'Experiment' })
    // Answers to reads of the flag fail from the moment the experiment was paused.
    posthog.faults.on({
      ...{ kind: 'meanwhile', method: 'POST', on: '/pause/', times: 1 },
      after: () => void posthog.faults.on({ kind: 'serverError', method: 'GET', on: '/feature_flags/' }),
    })
    const { errors } = await mutate('pauseExperiment', { id: await experiment('paused') })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('not known') }])
    posthog.faults.allOff()
    // The next round clears it up.
    await linked.follow()
    expect(await mutate('resumeExperiment', { id: await experiment('paused') })).toMatchObject({ __typename: 'Experiment' })
    expect(flagThere('paused').active).toBe(true)
  })
})

/** The next such request is lost before PostHog works on it. Meanwhile, something else happens there. */
function lose(method: string, on: string, before: () => unknown): void {
  posthog.faults.on({ kind: 'meanwhile', method, on, times: 1, before: () => void before() })
  posthog.faults.on({ kind: 'dropped', method, on, times: 1 })
}

describe('a write that was lost, while somebody else', () => {
  it('made a flag with the same key, is not told as done', async () => {
    lose('POST', 'feature_flags', () => colleague.createFlag({ key: 'taken', name: 'Theirs' }))
    expect(await mutate('createFeatureFlag', { projectId, key: 'taken', name: 'Mine' })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['key'], code: 'unique' }],
    })
    expect(flagThere('taken').name).toBe('Theirs')
  })

  it('made an experiment with the same name and flag, is not told as done', async () => {
    lose('POST', 'experiments', () => colleague.createExperiment({ name: 'Twin', feature_flag_key: 'twin', description: 'Theirs' }))
    const { errors } = await mutate('createExperiment', { projectId, name: 'Twin', featureFlagKey: 'twin', description: 'Mine' })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('not known') }])
  })

  it('made a holdout with the same name, is not told as done', async () => {
    lose('POST', 'experiment_holdouts', () => colleague.createHoldout('Same', 1))
    const { errors } = await mutate('createHoldout', { projectId, name: 'Same', exclusionPercentage: 50 })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('not known') }])
  })

  // Rows of the owner of the key look like those of this service. Their values tell them apart.
  it('with the same key made a row of that name and other values, is not told as done', async () => {
    const groups = (rollout_percentage: number) => ({ groups: [{ properties: [], rollout_percentage }] })
    lose('POST', 'feature_flags', () => person.createFlag({ key: 'mine', filters: groups(1) }))
    expect(await mutate('createFeatureFlag', { projectId, key: 'mine', filters: groups(99) })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['key'], code: 'unique' }],
    })
    const unknown = [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('not known') }]
    lose('POST', 'experiments', () => person.createExperiment({ name: 'Own', feature_flag_key: 'own', description: 'Theirs' }))
    const experiment = { projectId, name: 'Own', featureFlagKey: 'own', description: 'Mine' }
    expect((await mutate('createExperiment', experiment)).errors).toMatchObject(unknown)
    lose('POST', 'experiment_holdouts', () => person.createHoldout('Own', 1))
    expect((await mutate('createHoldout', { projectId, name: 'Own', exclusionPercentage: 50 })).errors).toMatchObject(unknown)
  })

  it('changed the description of the experiment, is made again', async () => {
    const { id } = experimentThere('touched')
    lose('PATCH', 'experiments', () => colleague.updateExperiment(id, { description: 'Theirs' }))
    const variants = [
      { key: 'control', rolloutPercentage: 10 },
      { key: 'test', rolloutPercentage: 90 },
    ]
    expect(await mutate('updateExperiment', { id: await experiment('touched'), variants })).toMatchObject({ __typename: 'Experiment' })
    expect(flagThere('touched').filters).toMatchObject({
      multivariate: { variants: [{ rollout_percentage: 10 }, { rollout_percentage: 90 }] },
    })

    lose('PATCH', 'experiments', () => colleague.updateExperiment(experimentThere('measured').id, { description: 'Theirs' }))
    const savedMetric = await db.savedMetric.findFirstOrThrow({ where: { name: 'Metric 100' } })
    const input = { experimentId: await experiment('measured'), savedMetricId: String(savedMetric.id), role: 'SECONDARY' }
    expect(await mutate('linkSavedMetric', input)).toMatchObject({ __typename: 'Experiment' })
    expect((await linked.upstream('experiments', experimentThere('measured').id))?.saved_metrics).toHaveLength(1)
  })

  it('ended the experiment with another conclusion, is told as refused', async () => {
    const { id } = experimentThere('ended')
    expect(await mutate('launchExperiment', { id: await experiment('ended') })).toMatchObject({ __typename: 'Experiment' })
    lose('POST', '/end/', () => colleague.act(id, 'end', { conclusion: 'lost' }))
    expect(await mutate('endExperiment', { id: await experiment('ended'), conclusion: 'WON' })).toMatchObject({
      __typename: 'InvalidStateError',
    })
    expect(experimentThere('ended').conclusion).toBe('lost')
  })
})

describe('a page of a proxy that no longer waits', () => {
  /** PostHog goes on, and is done when it was looked for once. */
  function giveUp(on: string, work: () => unknown): void {
    posthog.faults.on({ kind: 'html', status: 504, method: 'POST', on, times: 1 })
    posthog.faults.on({ kind: 'meanwhile', method: 'GET', on, times: 1, after: () => void work() })
  }

  it('is no proof that nothing was written', async () => {
    giveUp('experiments', () => person.createExperiment({ name: 'Late', feature_flag_key: 'late' }))
    expect(await mutate('createExperiment', { projectId, name: 'Late', featureFlagKey: 'late' })).toMatchObject({
      __typename: 'Experiment',
    })
    expect(state.experiments.where((row) => row.name === 'Late')).toHaveLength(1)

    posthog.faults.on({ kind: 'html', status: 504, method: 'POST', on: 'experiment_holdouts', times: 1 })
    const { errors } = await mutate('createHoldout', { projectId, name: 'Never', exclusionPercentage: 5 })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('not known') }])
    expect(await db.linkOperation.count({ where: { state: 'unknown', resource: { contains: 'Never' } } })).toBe(1)
  })
})
