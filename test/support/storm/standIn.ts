import { startPostHog } from '../posthog/startPostHog.ts'
import { createRandom } from './random.ts'
import { upstreamChanges } from './upstreamChanges.ts'
import { misbehave } from './weather.ts'

// A stand-in of PostHog in a process of its own, which is told over IPC what happens in it.

export interface StandInReady {
  origin: string
  project: number
  key: string
  email: string
}

export type StandInOrder = { do: 'change' | 'changeSilently'; count: number } | { do: 'misbehave' | 'behave' | 'count' }

export interface StandInDone {
  requests: number
}

const [seed = '1', flags = '300', experiments = '40'] = process.argv.slice(2)
const random = createRandom(Number(seed))
// The storm is about faults, not about limits. They have tests of their own.
const posthog = await startPostHog({ settings: { throttling: false, hosted: false } })
posthog.fill({ flags: Number(flags), experiments: Number(experiments), seed: Number(seed) })
posthog.rows.action({ name: 'Bought something' })
posthog.rows.savedMetric({ name: 'Purchases' })
posthog.rows.survey({ name: 'How was it?' })
posthog.rows.cohort({ name: 'Testers' })
posthog.rows.prompt('greeter', 'Good day')
posthog.person.createHoldout('Never in a test', 5)
const changes = upstreamChanges(posthog, random)
let behave = () => {}

process.on('message', (order: StandInOrder) => {
  if (order.do === 'change') changes.make(order.count)
  if (order.do === 'changeSilently') changes.makeSilently(order.count)
  if (order.do === 'misbehave' || order.do === 'behave') behave()
  if (order.do === 'misbehave') behave = misbehave(posthog, createRandom(Number(seed) + 1))
  process.send?.({ requests: posthog.requests.all.length } satisfies StandInDone)
})
process.on('disconnect', () => process.exit())
const { origin, project, key, owner } = posthog
process.send?.({ origin, project: project.id, key: key.token, email: owner.email } satisfies StandInReady)
