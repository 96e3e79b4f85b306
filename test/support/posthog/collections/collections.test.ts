import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, createClock } from '../client.ts'
import { type PostHog, startPostHog } from '../startPostHog.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
})
afterAll(() => posthog.close())

describe('small collections', () => {
  it('holdouts rewrite their flags, and vanish', async () => {
    const { body: holdout } = await send('POST', 'experiment_holdouts/', {
      name: 'Hold',
      filters: [{ properties: [], rollout_percentage: 12.5 }],
    })
    expect(holdout).toMatchObject({ filters: [{ rollout_percentage: 12.5, variant: `holdout-${holdout.id}` }] })
    const experiment = posthog.person.createExperiment({ name: 'Held', feature_flag_key: 'held', holdout_id: holdout.id })
    const flag = posthog.person.flag(experiment.feature_flag_id)
    expect(flag.filters.holdout).toEqual({ id: holdout.id, exclusion_percentage: 12.5 })
    await send('PATCH', `experiment_holdouts/${holdout.id}/`, { filters: [{ rollout_percentage: 20 }] })
    expect(flag).toMatchObject({ version: 2, filters: { holdout: { exclusion_percentage: 20 } } })
    expect((await send('DELETE', `experiment_holdouts/${holdout.id}/`)).status).toBe(204)
    expect((await send('DELETE', `experiment_holdouts/${holdout.id}/`)).status).toBe(404)
    expect(flag).toMatchObject({ version: 3, filters: { holdout: null } })
    expect((await send('GET', `experiments/${experiment.id}/`)).body.holdout).toBeNull()
  })

  it('saved metrics are by name, and their links vanish with them', async () => {
    const metrics = ['beta', 'Alpha'].map((name) => posthog.rows.savedMetric({ name }))
    expect((await send('GET', 'experiment_saved_metrics/')).body.results.map(({ name }) => name)).toEqual(['Alpha', 'beta'])
    expect((await send('POST', 'experiment_saved_metrics/', { name: 'ALPHA', query: {} })).status).toBe(400)
    const experiment = posthog.person.createExperiment({
      name: 'Linked',
      feature_flag_key: 'linked',
      saved_metrics_ids: [{ id: metrics[0]?.id }],
    })
    expect((await send('GET', `experiments/${experiment.id}/`)).body.saved_metrics).toMatchObject([
      { saved_metric: metrics[0]?.id, metadata: { type: 'primary' }, query: { fingerprint: expect.any(String) } },
    ])
    await send('DELETE', `experiment_saved_metrics/${metrics[0]?.id}/`)
    expect((await send('GET', `experiments/${experiment.id}/`)).body.saved_metrics).toEqual([])
  })

  it('deleted actions are hidden in the list only', async () => {
    const action = posthog.rows.action({ name: 'Gone', deleted: true, steps: [{ event: 'x' }] })
    expect((await send('GET', 'actions/')).body.results.map(({ id }) => id)).not.toContain(action.id)
    expect((await send('GET', `actions/${action.id}/`)).body).toMatchObject({ deleted: true, steps: [{ event: 'x', url: null }] })
    expect((await send('GET', `actions/${action.id}/`)).body).not.toHaveProperty('updated_at')
  })

  it('surveys name the sampling flag by key, and take their flags with them', async () => {
    const [sampling, linked] = ['sampling', 'linked-flag'].map((key) => posthog.rows.flag({ key }).id) as [number, number]
    const survey = posthog.rows.survey({ name: 'Ask', internal_response_sampling_flag: sampling, linked_flag_id: linked })
    posthog.rows.survey({ name: 'Tour', of_product_tour: true })
    const { results } = (await send('GET', 'surveys/')).body
    expect(results).toMatchObject([{ id: survey.id, linked_flag: { key: 'linked-flag' } }])
    expect(results[0]?.feature_flag_keys).toContainEqual({ key: 'internal_response_sampling_flag_key', value: 'sampling' })
    posthog.rows.removeSurvey(survey.id)
    expect([posthog.state.flags.get(sampling), posthog.state.flags.get(linked)?.key]).toEqual([undefined, 'linked-flag'])
  })

  it('prompts are the latest of each name; a version by name is counted', async () => {
    posthog.rows.prompt('greeter', 'one')
    posthog.rows.prompt('greeter', 'two')
    expect((await send('GET', 'llm_prompts/?order_by=-updated_at')).body.results).toMatchObject([
      { name: 'greeter', prompt: 'two', version: 2, version_count: 2, is_latest: true },
    ])
    expect((await send('GET', 'llm_prompts/?content=none')).body.results[0]).not.toHaveProperty('prompt')
    expect((await send('GET', 'llm_prompts/name/greeter/?version=1')).body).toMatchObject({ prompt: 'one', latest_version: 2 })
    expect(posthog.state.events.values().map(({ event }) => event)).toEqual(['$llm_prompt_fetched'])
    posthog.rows.deletePrompt('greeter')
    expect((await send('GET', 'llm_prompts/')).body.count).toBe(0)
    posthog.settings.promptsHidden = true
    expect((await send('GET', 'llm_prompts/')).status).toBe(403)
  })

  it('members leave out guests, bots and deactivated users', async () => {
    posthog.addUser({ is_guest: true })
    posthog.addUser({ is_bot: true })
    posthog.addUser({ is_active: false })
    clock.pass(60)
    const late = posthog.addUser({ level: 8 })
    const path = `/api/organizations/${posthog.organization.id}/members/`
    expect((await send('GET', path)).body.results.map((row) => (row.user as { id: number }).id)).toEqual([late.id, posthog.owner.id])
    expect((await send('GET', `${path}?updated_after=2026-11-20T09:30:30Z`)).body).toMatchObject({ count: 1, results: [{ level: 8 }] })
    expect((await send('GET', `${path}?include_guests=true`)).body.count).toBe(3)
    const role = posthog.addRole('Reviewers', [late.id])
    expect((await send('GET', `/api/organizations/${posthog.organization.id}/roles/`)).body.results).toMatchObject([
      { id: role.id, members: [{ user: { id: late.id } }] },
    ])
  })

  it('cohorts, group types and contexts', async () => {
    posthog.rows.cohort({ name: 'Buyers' })
    posthog.rows.groupTypes('company')
    posthog.rows.flag({ key: 'context', evaluation_contexts: ['production'] })
    expect((await send('GET', 'cohorts/')).body.results).toMatchObject([{ name: 'Buyers' }])
    expect((await send('GET', 'groups_types/')).body).toEqual([{ group_type: 'company', group_type_index: 0, name_singular: null }])
    expect((await send('GET', 'default_evaluation_contexts/')).body).toMatchObject({ available_contexts: ['production'], enabled: false })
    const reader = createClient(posthog, posthog.addKey(posthog.owner, { scopes: ['project:read'] }).token)
    expect((await reader('GET', 'default_evaluation_contexts/')).status).toBe(403)
  })
})

describe('the activity log', () => {
  it('has cursors without `page`, and numbers with it', async () => {
    const flag = posthog.person.createFlag({ key: 'logged' })
    // All in one moment: the cursor tells ties apart.
    for (let at = 0; at < 5; at++) posthog.person.updateFlag(flag.id, { name: `name ${at}` })
    const path = `advanced_activity_logs/?item_id=${flag.id}&scope=FeatureFlag&ordering=created_at&page_size=2`
    const seen: unknown[] = []
    for (let next: string | null = path; next !== null; ) {
      const { body } = await send('GET', next.replace(posthog.origin, ''))
      expect(body).not.toHaveProperty('count')
      seen.push(...body.results.map(({ activity, id }) => [activity, id]))
      next = body.next
    }
    expect(seen.map((each) => (each as string[])[0])).toEqual(['created', 'updated', 'updated', 'updated', 'updated', 'updated'])
    expect(new Set(seen.map(String)).size).toBe(6)
    expect((await send('GET', `activity_log/?item_id=${flag.id}&scope=FeatureFlag&page=1&page_size=4`)).body).toMatchObject({
      count: 6,
      next: expect.stringContaining('page=2'),
    })
    const flags = await send('GET', `feature_flags/${flag.id}/activity/?limit=4`)
    expect(flags.body).toMatchObject({ total_count: 6, next: expect.stringContaining('page=2') })
    expect(flags.body.results[0]?.detail).toMatchObject({
      name: 'logged',
      changes: [
        { type: 'FeatureFlag', action: 'changed', field: 'name', before: 'name 3', after: 'name 4' },
        { field: 'version', before: 5, after: 6 },
      ],
    })
  })

  it('takes both ends of a time span, and names the client', async () => {
    clock.pass(60)
    const flag = posthog.person.createFlag({ key: 'spanned', active: false })
    clock.pass(60)
    await send('PATCH', `feature_flags/${flag.id}/`, { name: 'x' }, { 'x-posthog-client': 'our-graph' })
    const at = clock.now().toISOString()
    const log = async (query: string) =>
      (await send('GET', `advanced_activity_logs/?item_ids=${flag.id}&scopes=FeatureFlag&${query}`)).body.results
    expect(await log(`start_date=${at}&end_date=${at}`)).toMatchObject([{ activity: 'updated', client: 'our-graph' }])
    expect(await log('clients=our-graph')).toHaveLength(1)
    expect(await log('')).toHaveLength(2)
  })

  it('logs holdouts as experiments on older servers, and needs the paid feature', async () => {
    posthog.settings.holdoutActivityScope = 'Experiment'
    const { id } = posthog.person.createHoldout('Logged', 1)
    expect((await send('GET', `activity_log/?scope=Experiment&item_id=${id}`)).body.results[0]).toMatchObject({
      detail: { type: 'holdout' },
    })
    posthog.organization.auditLogs = false
    expect(await send('GET', 'activity_log/')).toMatchObject({ status: 402, body: { code: 'payment_required' } })
    expect((await send('GET', 'feature_flags/activity/')).status).toBe(200)
    posthog.organization.auditLogs = true
  })
})

describe('webhooks', () => {
  it('post hints of matching entries, which can be lost, doubled and turned around', async () => {
    const received: { headers: IncomingHttpHeaders; body: unknown }[] = []
    const receiver = createServer(async (request, response) => {
      received.push({ headers: request.headers, body: await json(request) })
      response.writeHead(204).end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const hook = await send('POST', 'hog_functions/', {
      ...{ type: 'internal_destination', name: 'Graph mirror', enabled: true, template_id: 'template-webhook' },
      filters: {
        source: 'internal-events',
        events: [{ id: '$activity_log_entry_created', type: 'events' }],
        properties: [{ key: 'scope', type: 'event', operator: 'exact', value: ['FeatureFlag'] }],
      },
      inputs: {
        url: { value: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks` },
        headers: { value: { 'Content-Type': 'application/json', 'X-Hook-Token': 'secret' } },
        body: { value: { item_id: '{event.properties.item_id}', text: 'a {event.properties.activity} flag' } },
      },
    })
    expect([hook.status, hook.text]).toEqual([201, expect.not.stringContaining('secret"}')])
    const flag = posthog.person.createFlag({ key: 'hooked' })
    posthog.person.createHoldout('Not asked for', 1)
    await posthog.webhooks.idle()
    expect(received.map(({ body }) => body)).toEqual([{ item_id: String(flag.id), text: 'a created flag' }])
    expect(received[0]?.headers['x-hook-token']).toBe('secret')
    const change = (name: string) => posthog.person.updateFlag(flag.id, { name })
    posthog.webhooks.mode = 'lose'
    change('lost')
    posthog.webhooks.mode = 'double'
    change('doubled')
    posthog.webhooks.mode = 'hold'
    change('first')
    posthog.person.deleteFlag(flag.id)
    await posthog.webhooks.deliver((hints) => hints.reverse())
    expect(received.slice(1).map(({ body }) => (body as { text: string }).text)).toEqual([
      'a updated flag',
      'a updated flag',
      'a deleted flag',
      'a updated flag',
    ])
    await send('PATCH', `hog_functions/${hook.body.id}/`, { deleted: true })
    expect((await send('GET', 'hog_functions/?type=internal_destination')).body.count).toBe(0)
    expect((await send('PATCH', `hog_functions/${hook.body.id}/`, { type: 'destination' })).status).toBe(404)
    receiver.closeAllConnections()
    receiver.close()
  })
})
