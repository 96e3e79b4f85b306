import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toExactNumber } from '../../../../src/platform/json.ts'
import { createClient, createClock } from '../client.ts'
import { type PostHog, startPostHog } from '../startPostHog.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>
const split = (...keys: string[]) => ({ variants: keys.map((key) => ({ key, rollout_percentage: 100 / keys.length })) })

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
})
afterAll(() => posthog.close())

describe('PATCH', () => {
  it('adds one to the version and moves the time, even if nothing changed', async () => {
    const flag = posthog.person.createFlag({ key: 'versions' })
    clock.pass(1)
    const { body } = await send('PATCH', `feature_flags/${flag.id}/`, { filters: {} })
    expect(body).toMatchObject({ version: 2, updated_at: '2026-11-20T09:30:01Z', filters: flag.filters })
  })

  it('keeps numbers beyond 2^53 and unknown payloads', async () => {
    const big = '9007199254740993'
    const body = `{"key":"exact","filters":{"groups":[{"properties":[{"key":"id","type":"person","value":${big}}],"rollout_percentage":33.3}]}}`
    expect((await send('POST', 'feature_flags/', body)).text).toContain(`"value":${big}`)
    const flag = posthog.rows.flag({ key: 'exact-row', filters: { holdout: { id: toExactNumber(big), exclusion_percentage: 5 } } })
    expect((await send('GET', `feature_flags/${flag.id}/`)).text).toContain(`"id":${big}`)
  })

  it('drops unknown keys of filters, and keeps them on older servers', async () => {
    const flag = posthog.rows.flag({ key: 'strict' })
    const filters = { groups: [], odd: 1 }
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { filters })).body.filters).toEqual({ groups: [] })
    posthog.settings.strictFilters = false
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { filters })).body.filters).toEqual(filters)
    posthog.settings.strictFilters = true
  })

  // The name that the client read, the name it sends, and the name that somebody else stored meanwhile.
  it.each([
    ['without version', undefined, { name: 'read' }, 'theirs', 'ours', 200, 'ours'],
    ['with version only', 1, undefined, 'theirs', 'ours', 200, 'ours'],
    ['with both, and another value', 1, { name: 'read' }, 'theirs', 'ours', 409, 'theirs'],
    ['with both, and the same value', 1, { name: 'read' }, 'ours', 'ours', 200, 'ours'],
    ['with both, and a value that was not changed', 1, { name: 'read' }, 'theirs', 'read', 200, 'theirs'],
    ['with both, and the field not in the original', 1, { key: 'x' }, 'theirs', 'ours', 200, 'ours'],
    ['with both, and the stored version', 2, { name: 'read' }, 'theirs', 'ours', 200, 'ours'],
  ])('%s', async (name, version, original_flag, theirs, ours, status, stored) => {
    const flag = posthog.person.createFlag({ key: `conflict-${name.replaceAll(/\W/g, '-')}-${status}`, name: 'read' })
    posthog.person.updateFlag(flag.id, { name: theirs })
    const reply = await send('PATCH', `feature_flags/${flag.id}/`, { name: ours, version, original_flag })
    expect([reply.status, flag.name]).toEqual([status, stored])
    const detail = `The feature flag was updated by ${posthog.owner.email} since you started editing it. Please refresh and try again.`
    if (status === 409) expect(reply.body).toEqual({ type: 'server_error', code: 'conflict', detail, attr: null })
  })

  it('compares stored filters, without names for display', async () => {
    const cohort = posthog.rows.cohort({ name: 'Buyers' })
    const groups = [{ properties: [{ key: 'id', type: 'cohort', value: cohort.id }], rollout_percentage: 10 }]
    const flag = posthog.person.createFlag({ key: 'display', filters: { groups } })
    const read = (await send('GET', `feature_flags/${flag.id}/`)).body
    expect(JSON.stringify(read.filters)).toContain('"cohort_name":"Buyers"')
    posthog.person.updateFlag(flag.id, { filters: { groups: [{ ...groups[0], rollout_percentage: 20 }] } })
    const change = { version: 1, filters: { payloads: { true: '1' } } }
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { ...change, original_flag: { filters: { groups } } })).status).toBe(409)
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { ...change, original_flag: { name: '' } })).status).toBe(200)
  })

  it.each([
    [{ filters: { multivariate: split('a', 'a') } }, 'Variant keys must be unique, duplicated: a.'],
    [
      { filters: { multivariate: { variants: [{ key: 'a', rollout_percentage: 50 }] } } },
      'Variant rollout percentages must sum to 100, got 50.',
    ],
    [{ filters: { payloads: { x: '1' } } }, "Payload key 'x' is invalid: boolean flags only support the 'true' key."],
    [{ filters: { groups: [{ variant: 'x' }] } }, "Variant override 'x' does not match any variant key."],
    [{ archived: true }, 'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.'],
    [{ key: 'a b' }, 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.'],
    [{ key: 'versions' }, 'There is already a feature flag with this key.'],
    [{ name: null }, 'This field may not be null.'],
  ])('refuses %j', async (body, detail) => {
    const flag = posthog.rows.flag({ key: `refused-${posthog.state.flags.lastId}` })
    const before = { ...flag }
    expect(await send('PATCH', `feature_flags/${flag.id}/`, body)).toMatchObject({
      status: 400,
      body: { type: 'validation_error', detail },
    })
    expect(flag).toEqual(before)
  })
})

describe('POST', () => {
  it.each([
    [{}, 'key', 'required', 'This field is required.'],
    [{ key: 'versions' }, 'key', 'unique', 'There is already a feature flag with this key.'],
    [{ key: 'a b' }, 'key', 'invalid_key', 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.'],
    [{ key: 'n', filters: { groups: [] } }, 'filters', 'invalid_input', 'Feature flags must have at least one condition set (group).'],
  ])('refuses %j', async (body, attr, code, detail) => {
    expect(await send('POST', 'feature_flags/', body)).toMatchObject({
      status: 400,
      body: { type: 'validation_error', attr, code, detail },
    })
  })

  it('makes an active flag of the key’s user', async () => {
    const reply = await send('POST', 'feature_flags/', { key: 'fresh' })
    expect(reply).toMatchObject({ status: 201, body: { active: true, version: 1, created_by: { id: posthog.owner.id } } })
  })
})

describe('deletion', () => {
  it('frees the key: a deleted flag is gone for good when another takes it', async () => {
    const old = posthog.person.createFlag({ key: 'taken' })
    expect((await send('PATCH', `feature_flags/${old.id}/`, { deleted: true })).body).toMatchObject({
      deleted: true,
      key: 'taken',
      version: 2,
    })
    await send('POST', 'feature_flags/', { key: 'taken' })
    expect((await send('GET', `feature_flags/${old.id}/`)).status).toBe(404)
  })

  it('renames a flag that an experiment uses, and restores its key or the next free one', async () => {
    const experiment = posthog.person.createExperiment({ name: 'Draft', feature_flag_key: 'tomb' })
    const path = `feature_flags/${experiment.feature_flag_id}/`
    expect((await send('PATCH', path, { deleted: true })).body.key).toBe(`tomb:deleted:${experiment.feature_flag_id}`)
    expect((await send('GET', `experiments/${experiment.id}/`)).body.feature_flag_key).toBe('tomb')
    posthog.person.createFlag({ key: 'tomb' })
    expect((await send('PATCH', path, { deleted: false })).body).toMatchObject({ deleted: false, key: 'tomb-2' })
  })

  it('is refused while the flag is used', async () => {
    const flag = posthog.person.createFlag({ key: 'used' })
    const groups = [
      { properties: [{ key: String(flag.id), type: 'flag', operator: 'flag_evaluates_to', value: true }], rollout_percentage: 100 },
    ]
    const dependent = posthog.person.createFlag({ key: 'dependent', filters: { groups } })
    expect((await send('GET', `feature_flags/${flag.id}/dependent_flags/`)).body).toEqual([
      { id: dependent.id, key: 'dependent', name: '' },
    ])
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { deleted: true })).status).toBe(400)
    const bulk = await send('POST', 'feature_flags/bulk_delete/', { ids: [flag.id, dependent.id] })
    expect(bulk.body).toMatchObject({ deleted: [{ id: dependent.id, key: 'dependent' }], errors: [{ id: flag.id }] })
    expect(dependent).toMatchObject({ deleted: true, version: 1 })
  })
})

describe('short cuts', () => {
  it('write only when something changes', async () => {
    const flag = posthog.person.createFlag({ key: 'short' })
    const path = `feature_flags/${flag.id}/`
    expect((await send('POST', `${path}enable/`)).body).toMatchObject({ active: true, version: 1 })
    expect((await send('POST', `${path}archive/`)).body).toMatchObject({ active: false, archived: true, version: 2 })
    expect((await send('POST', `${path}enable/`)).status).toBe(400)
    expect((await send('POST', `${path}unarchive/`)).body).toMatchObject({ archived: false, active: false, version: 3 })
    posthog.person.deleteFlag(flag.id)
    expect((await send('POST', `${path}enable/`)).body).toMatchObject({ success: false })
    posthog.settings.flagShortcuts = false
    expect((await send('POST', `${path}enable/`)).status).toBe(404)
    posthog.settings.flagShortcuts = true
  })
})

describe('versions', () => {
  it('are read from the activity log', async () => {
    const flag = posthog.person.createFlag({ key: 'history', name: 'one' })
    posthog.person.updateFlag(flag.id, { name: 'two' })
    posthog.person.updateFlag(flag.id, { name: 'three' })
    const at = async (version: number) => send('GET', `feature_flags/${flag.id}/versions/${version}/`)
    expect((await at(2)).body).toMatchObject({ name: 'two', version: 2 })
    expect((await at(1)).body).toMatchObject({ name: 'one', version: 1 })
    expect((await at(4)).status).toBe(404)
    posthog.settings.writesActivity = false
    posthog.person.updateFlag(flag.id, { name: 'four' })
    posthog.settings.writesActivity = true
    expect((await at(1)).status).toBe(422)
    expect((await at(4)).status).toBe(200)
    posthog.state.flags.update(flag, { has_encrypted_payloads: true })
    expect((await at(4)).status).toBe(400)
  })
})

describe('what a person does in PostHog', () => {
  it('moves times and versions as it does there', () => {
    const flag = posthog.person.createFlag({ key: 'moves' })
    const moved = () => [flag.version, (flag.updated_at ?? 0) - flag.created_at]
    clock.pass(1)
    posthog.person.tagFlagsInBulk([flag.id], ['growth'])
    posthog.rows.callFlag(flag.id)
    expect(moved()).toEqual([1, 0])
    const commit = posthog.person.beginFlagUpdate(flag.id, { name: 'late' })
    clock.pass(5)
    expect([commit().name, ...moved()]).toEqual(['late', 2, 1_000_000])
    posthog.person.deleteFlagsInBulk([flag.id])
    expect(moved()).toEqual([2, 6_000_000])
  })

  it('has the clock of the application', () => {
    posthog.settings.applicationClockOffset = -120_000
    const flag = posthog.person.createFlag({ key: 'behind' })
    posthog.settings.applicationClockOffset = 0
    expect(clock.now().getTime() - flag.created_at / 1_000).toBe(120_000)
  })
})
