import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, createClock } from '../client.ts'
import { type PostHog, startPostHog } from '../startPostHog.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>
let made = 0

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
})
afterAll(() => posthog.close())

const draft = () => posthog.person.createExperiment({ name: `Test ${++made}`, feature_flag_key: `test-${made}` })
const running = () => posthog.person.act(draft().id, 'launch')
const stopped = () => {
  const { id } = running()
  clock.pass(1)
  return posthog.person.act(id, 'end')
}
const states = {
  draft,
  running,
  stopped,
  paused: () => posthog.person.act(running().id, 'pause'),
  archived: () => posthog.person.act(stopped().id, 'archive'),
}

describe('reads', () => {
  it('list light rows, or full ones on older servers', async () => {
    const { id } = draft()
    const row = async () => (await send('GET', 'experiments/?limit=1')).body.results[0] ?? {}
    expect(await row()).toMatchObject({ id, status: 'draft', is_legacy: false })
    expect('metrics' in (await row())).toBe(false)
    posthog.settings.experimentList = 'full'
    expect('metrics' in (await row())).toBe(true)
    posthog.settings.experimentList = 'light'
  })

  it('never show deleted ones, apart from the write that restores', async () => {
    const { id, feature_flag_id } = draft()
    await send('PATCH', `experiments/${id}/`, { deleted: true })
    expect((await send('GET', `experiments/${id}/`)).status).toBe(404)
    expect((await send('PATCH', `experiments/${id}/`, { name: 'x' })).status).toBe(404)
    posthog.person.deleteFlag(feature_flag_id)
    expect((await send('PATCH', `experiments/${id}/`, { deleted: false })).body.detail).toMatch(
      /^Cannot restore experiment: the linked feature flag/,
    )
    posthog.person.restoreFlag(feature_flag_id)
    expect((await send('PATCH', `experiments/${id}/`, { deleted: false })).body.deleted).toBe(false)
  })

  it('take flag settings and the status from the flag', async () => {
    const { id, feature_flag_id } = running()
    const before = (await send('GET', `experiments/${id}/`)).body
    posthog.person.updateFlag(feature_flag_id, { active: false })
    const after = (await send('GET', `experiments/${id}/`)).body
    expect([before.status, after.status, after.updated_at]).toEqual(['running', 'paused', before.updated_at])
    expect(after.parameters).toMatchObject({
      rollout_percentage: 100,
      feature_flag_variants: [{ key: 'control', split_percent: 50 }, { key: 'test' }],
    })
    expect(after.feature_flag).not.toHaveProperty('archived')
    posthog.person.updateFlag(feature_flag_id, { active: true })
    posthog.state.flags.update(posthog.person.flag(feature_flag_id), { filters: { groups: [{ exposure_frozen: true }] } })
    expect((await send('GET', `experiments/${id}/`)).body.status).toBe('exposure_frozen')
  })

  it('show payloads as ciphertext in the short form, and as text in the flag', async () => {
    const filters = { groups: [], payloads: { true: '"secret"' } }
    const flag = posthog.rows.flag({ key: 'cipher', has_encrypted_payloads: true, filters })
    const { id } = posthog.rows.experiment({ name: 'Cipher', feature_flag_id: flag.id })
    expect((await send('GET', `feature_flags/${flag.id}/`)).text).toContain('secret')
    const { feature_flag } = (await send('GET', `experiments/${id}/`)).body
    expect(JSON.stringify(feature_flag)).not.toContain('secret')
  })
})

describe('the life cycle', () => {
  it.each([
    ['running', 'launch', 'Experiment has already been launched.'],
    ['draft', 'pause', 'Experiment has not been launched yet.'],
    ['stopped', 'pause', 'Experiment has already ended.'],
    ['paused', 'pause', 'Experiment is already paused.'],
    ['running', 'resume', 'Experiment is not paused.'],
    ['draft', 'end', 'Experiment has not been launched yet.'],
    ['stopped', 'end', 'Experiment has already ended.'],
    ['running', 'archive', 'Experiment must be ended before it can be archived.'],
    ['archived', 'archive', 'Experiment is already archived.'],
    ['stopped', 'unarchive', 'Experiment is not archived.'],
    ['draft', 'reset', 'Experiment is already in draft state.'],
  ] as const)('%s: %s is refused', async (state, action, detail) => {
    const reply = await send('POST', `experiments/${states[state]().id}/${action}/`)
    expect(reply).toMatchObject({ status: 400, body: { type: 'validation_error', attr: null, detail } })
  })

  it.each([
    ['draft', 'launch', 'running'],
    ['running', 'pause', 'paused'],
    ['paused', 'resume', 'running'],
    ['paused', 'end', 'stopped'],
    ['stopped', 'archive', 'stopped'],
    ['archived', 'unarchive', 'stopped'],
    ['stopped', 'reset', 'draft'],
  ] as const)('%s: %s makes it %s', async (state, action, status) => {
    const experiment = states[state]()
    expect(await send('POST', `experiments/${experiment.id}/${action}/`)).toMatchObject({ status: 200, body: { status } })
    expect(experiment.archived).toBe(action === 'archive')
  })

  it('pause leaves the row as it is, and moves the flag, but not on older servers', async () => {
    const experiment = running()
    const flag = posthog.person.flag(experiment.feature_flag_id)
    const [row, version] = [{ ...experiment }, flag.version ?? 0]
    await send('POST', `experiments/${experiment.id}/pause/`)
    expect([experiment, flag.version]).toEqual([row, version + 1])
    posthog.settings.savesFlagByColumn = true
    await send('POST', `experiments/${experiment.id}/resume/`)
    posthog.settings.savesFlagByColumn = false
    expect([flag.active, flag.version]).toEqual([true, version + 1])
  })

  it('end overwrites the conclusion with null', async () => {
    const { id } = running()
    const reply = await send('POST', `experiments/${id}/end/`, { conclusion: 'won' })
    expect(reply.body).toMatchObject({ conclusion: 'won', conclusion_comment: null })
    posthog.person.act(id, 'reset')
    posthog.person.act(id, 'launch')
    expect((await send('POST', `experiments/${id}/end/`)).body.conclusion).toBeNull()
  })

  it('ship gives all people one variant, and can be repeated', async () => {
    const experiment = running()
    const ship = () => send('POST', `experiments/${experiment.id}/ship_variant/`, { variant_key: 'test', release_to_everyone: true })
    expect((await ship()).body.status).toBe('stopped')
    const { filters, version } = posthog.person.flag(experiment.feature_flag_id)
    expect(filters).toMatchObject({
      groups: [{ rollout_percentage: 100 }, { rollout_percentage: 100 }],
      multivariate: { variants: [{ rollout_percentage: 0 }, { rollout_percentage: 100 }] },
    })
    expect((await ship()).status).toBe(200)
    expect(posthog.person.flag(experiment.feature_flag_id).version).toBe((version ?? 0) + 1)
  })

  it('archives an active flag only when asked, and restores it', async () => {
    const experiment = stopped()
    const flag = posthog.person.flag(experiment.feature_flag_id)
    const key = posthog.addKey(posthog.owner, { scopes: ['experiment:write'] })
    const body = { disable_feature_flag: true }
    const path = `experiments/${experiment.id}/archive/`
    expect((await createClient(posthog, key.token)('POST', path, body)).body.detail).toBe(
      "API key missing required scope 'feature_flag:write'",
    )
    await send('POST', path, body)
    expect(flag).toMatchObject({ active: false, archived: true })
    await send('POST', `experiments/${experiment.id}/unarchive/`)
    expect(flag).toMatchObject({ active: false, archived: false })
  })
})

describe('writes', () => {
  it('make a flag, or take the one that is there', async () => {
    const body = { name: 'Created', feature_flag_key: 'created' }
    expect((await send('POST', 'experiments/', body)).status).toBe(201)
    const flag = posthog.state.flags.find(({ key }) => key === 'created')
    expect(flag).toMatchObject({ active: false, name: 'Feature Flag for Experiment Created' })
    expect((await send('POST', 'experiments/', body)).body).toMatchObject({ feature_flag: { id: flag?.id } })
    expect((await send('POST', 'experiments/', { ...body, feature_flag: { filters: {} } })).status).toBe(400)
  })

  it.each([
    [{ feature_flag_key: 'k' }, 'name', 'This field is required.'],
    [{ name: 'n' }, 'feature_flag_key', 'This field is required.'],
    [{ name: 'n', feature_flag_key: 'k', odd: 1 }, null, "Can't create keys: odd on Experiment"],
    [{ name: 'n', feature_flag_key: 'k', start_date: '2026-01-02', end_date: '2026-01-01' }, null, 'End date must be after start date'],
    [{ name: 'n', feature_flag_key: 'k', holdout_id: 99 }, 'holdout_id', 'Invalid pk "99" - object does not exist.'],
    [
      {
        name: 'n',
        feature_flag_key: 'k',
        feature_flag: { filters: { multivariate: { variants: [{ key: 'a', rollout_percentage: 100 }] } } },
      },
      null,
      'Feature flag must have at least 2 variants (control and at least one test variant)',
    ],
  ])('refuses to create %j', async (body, attr, detail) => {
    const flags = posthog.state.flags.size
    expect(await send('POST', 'experiments/', body)).toMatchObject({ status: 400, body: { attr, detail } })
    expect(posthog.state.flags.size).toBe(flags)
  })

  it('ignore a flag with an id, and take one without', async () => {
    const experiment = running()
    const variants = [
      { key: 'control', rollout_percentage: 10 },
      { key: 'test', rollout_percentage: 90 },
    ]
    const path = `experiments/${experiment.id}/`
    const flag = posthog.person.flag(experiment.feature_flag_id)
    const patch = (feature_flag: object) => send('PATCH', path, { feature_flag, update_feature_flag_params: true })
    await patch({ id: flag.id, filters: { multivariate: { variants } } })
    expect(flag.filters).not.toMatchObject({ multivariate: { variants } })
    await patch({ filters: { multivariate: { variants } } })
    expect(flag.filters).toMatchObject({ multivariate: { variants } })
  })

  it('copy: the flag is shared in the project, and made in another', async () => {
    const experiment = running()
    const copy = await send('POST', `experiments/${experiment.id}/duplicate/`)
    expect(copy).toMatchObject({
      status: 201,
      body: { name: `${experiment.name} (Copy)`, status: 'draft', feature_flag: { id: experiment.feature_flag_id } },
    })
    const target = posthog.addProject()
    const other = await send('POST', `experiments/${experiment.id}/copy_to_project/`, { target_team_id: target.id })
    expect(other).toMatchObject({ status: 201, body: { feature_flag: { team_id: target.id, active: false } } })
    expect((await send('POST', `experiments/${experiment.id}/copy_to_project/`, { target_team_id: 999 })).body.detail).toBe(
      'Target team not found.',
    )
  })

  it('make a test of prompt versions', async () => {
    for (const text of ['one', 'two', 'three']) posthog.rows.prompt('greeter', text)
    const body = { prompt_name: 'greeter', versions: [3, 1], templates: ['cost'] }
    const reply = await send('POST', 'experiments/create_from_prompt/', body)
    expect(reply).toMatchObject({
      status: 201,
      body: {
        name: 'greeter: v3, v1 (cost)',
        feature_flag_key: 'greeter-v3-v1-cost',
        parameters: { prompt_metadata: { name: 'greeter', versions: [3, 1] } },
      },
    })
    const missing = await send('POST', 'experiments/create_from_prompt/', { ...body, versions: [9, 1] })
    expect(missing.body).toMatchObject({ attr: 'versions', detail: "Versions not found for prompt 'greeter': [9]" })
  })
})
