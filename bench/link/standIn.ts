import { startPostHog } from '../../test/support/posthog/startPostHog.ts'
import { ownCpu } from './program.ts'

// A stand-in of PostHog with many projects, in a process of its own.

export interface StandInArgs {
  projects: number
  flags: number
  experiments: number
  /** Whether each project has a key of its own. */
  ownKeys: boolean
  throttling: boolean
  /** What each answer waits, in milliseconds. */
  latency: number
}

export interface StandInReady {
  origin: string
  email: string
  projects: { id: number; key: string }[]
}

export type StandInQuestion =
  /** Renames so many flags, spread over the projects. Says how. */
  | { do: 'change'; count: number }
  | { do: 'count' }
  /** Forgets what was counted. */
  | { do: 'forget'; throttling: boolean }

export interface StandInCounts {
  requests: number
  refused: number
  cpu: number
  /** The new names. */
  names: string[]
}

const args = JSON.parse(process.argv[2] ?? '{}') as StandInArgs
const posthog = await startPostHog({ settings: { hosted: false, throttling: args.throttling } })
if (args.latency > 0) posthog.faults.on({ kind: 'slow', milliseconds: args.latency })
const projects = [posthog.project, ...Array.from({ length: args.projects - 1 }, () => posthog.addProject())]
const places = projects.map((project) => {
  const first = posthog.state.flags.lastId + 1
  // The rows of `fill` belong to the project that it is given.
  posthog.fillProject(project, { flags: args.flags, experiments: args.experiments, people: 5 })
  return { project, ids: Array.from({ length: args.flags }, (_, index) => first + index) }
})
let changed = 0

function change(): string {
  const place = places[changed % places.length]
  const name = `change-${++changed}`
  const id = place?.ids[Math.floor(changed / places.length) % (place?.ids.length ?? 1)] ?? 0
  if (place !== undefined) posthog.as(posthog.owner, place.project.id).updateFlag(id, { name })
  return name
}

process.on('message', (question: StandInQuestion) => {
  const names = question.do === 'change' ? Array.from({ length: question.count }, change) : []
  if (question.do === 'forget') {
    posthog.requests.clear()
    posthog.settings.throttling = question.throttling
  }
  const counts = { requests: posthog.requests.all.length, refused: posthog.requests.count({ status: 429 }), cpu: ownCpu(), names }
  process.send?.(counts satisfies StandInCounts)
})
process.on('disconnect', () => process.exit())
const keys = projects.map(({ id }) => ({ id, key: args.ownKeys ? posthog.addKey(posthog.owner).token : posthog.key.token }))
process.send?.({ origin: posthog.origin, email: posthog.owner.email, projects: keys } satisfies StandInReady)
