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

const keys = async (query: string) => (await send('GET', `feature_flags/?${query}`)).body.results.map(({ key }) => key)

describe('the list', () => {
  it('has either archived flags or the others, and neither deleted nor internal ones', async () => {
    const inner = posthog.rows.flag({ key: 'list-inner' })
    posthog.rows.survey({ name: 'Survey', internal_targeting_flag: inner.id })
    posthog.rows.flag({ key: 'list-live' })
    posthog.rows.flag({ key: 'list-archived', archived: true, active: false })
    const gone = posthog.rows.flag({ key: 'list-deleted', deleted: true })
    expect(await keys('search=list-')).toEqual(['list-live'])
    expect(await keys('search=list-&archived=nonsense')).toEqual(['list-live'])
    expect(await keys('search=list-&archived=true')).toEqual(['list-archived'])
    expect(await keys('key=LIST-live')).toEqual(['list-live'])
    expect((await send('GET', `feature_flags/${gone.id}/`)).body).toMatchObject({ deleted: true, status: 'DELETED' })
    expect((await send('GET', `feature_flags/${inner.id}/`)).status).toBe(200)
    expect((await send('POST', 'feature_flags/bulk_keys/', { ids: [gone.id, inner.id] })).body).toEqual({
      keys: { [inner.id]: 'list-inner' },
    })
  })

  it('begins with the null times when the newest come first', async () => {
    posthog.rows.flag({ key: 'order-old', updated_at: 1 })
    posthog.rows.flag({ key: 'order-new', updated_at: 2 })
    posthog.rows.flag({ key: 'order-never', updated_at: null })
    expect(await keys('search=order-&order=-updated_at')).toEqual(['order-never', 'order-new', 'order-old'])
    expect(await keys('search=order-&order=updated_at')).toEqual(['order-old', 'order-new', 'order-never'])
  })

  it('promises nothing about rows that tie', async () => {
    for (const name of 'abc') posthog.rows.flag({ key: `tie-${name}`, updated_at: 5 })
    posthog.settings.unstableTies = true
    const pages = [await keys('search=tie-&order=-updated_at'), await keys('search=tie-&order=-updated_at')]
    posthog.settings.unstableTies = false
    expect(pages[0]).toEqual([...(pages[1] ?? [])].reverse())
  })

  it('hides what the key’s user may not see, and lists the ids that may be edited', async () => {
    const [shown, hidden, fixed] = ['see-a', 'see-b', 'see-c'].map((key) => posthog.rows.flag({ key }))
    const user = posthog.addUser()
    user.hidden.add(`feature_flag:${hidden?.id}`)
    user.readOnly.add(`feature_flag:${fixed?.id}`)
    const ask = createClient(posthog, posthog.addKey(user).token)
    expect((await ask('GET', 'feature_flags/?search=see-')).body.count).toBe(2)
    expect((await ask('GET', 'feature_flags/matching_ids/?search=see-')).body).toEqual({ ids: [shown?.id], total: 1 })
    expect((await ask('GET', `feature_flags/${hidden?.id}/`)).status).toBe(404)
    expect((await ask('PATCH', `feature_flags/${fixed?.id}/`, { name: 'x' })).status).toBe(403)
  })

  it('hides evaluation contexts when the feature is off, but not on answers to writes', async () => {
    const flag = posthog.rows.flag({ key: 'contexts', evaluation_contexts: ['production'] })
    posthog.organization.evaluationContexts = false
    expect((await send('GET', `feature_flags/${flag.id}/`)).body.evaluation_contexts).toEqual([])
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { evaluation_contexts: ['x'] })).body.evaluation_contexts).toEqual([
      'production',
    ])
    posthog.organization.evaluationContexts = true
    expect((await send('PATCH', `feature_flags/${flag.id}/`, { evaluation_contexts: [' Staging '] })).body.evaluation_contexts).toEqual([
      'staging',
    ])
  })
})
