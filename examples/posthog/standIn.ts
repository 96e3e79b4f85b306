import { startPostHog } from '../../test/support/posthog/startPostHog.ts'

const variants = [
  { key: 'control', rollout_percentage: 50 },
  { key: 'test', rollout_percentage: 50 },
]

/** Starts a stand-in of PostHog with a project: a few flags, two experiments, and events. */
export async function startStandIn(port: number) {
  const posthog = await startPostHog({ port, settings: { hosted: false, throttling: false } })
  const { person, rows } = posthog
  for (const key of ['new-navigation', 'dark-mode', 'free-shipping']) person.createFlag({ key })
  const filters = { groups: [{ properties: [], rollout_percentage: 50 }], multivariate: { variants } }
  for (const [key, name] of [
    ['checkout-button', 'Checkout button'],
    ['search-ranking', 'Search ranking'],
  ] as const) {
    person.createFlag({ key, active: false, filters })
    person.createExperiment({ name, feature_flag_key: key })
  }
  for (let visitor = 0; visitor < 20; visitor++)
    rows.event('purchase', { distinct_id: `visitor-${visitor}`, properties: { '$feature/dark-mode': true } })

  /** Sends a request to its REST API, as anybody could. */
  async function request(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${posthog.origin}/api/projects/${posthog.project.id}/${path}`, {
      method,
      headers: { authorization: `Bearer ${posthog.key.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`The stand-in answered ${response.status} to ${method} ${path}: ${await response.text()}`)
    return (await response.json()) as Record<string, unknown>
  }
  return { posthog, request }
}
