import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from '../../src/platform/operatorError.ts'
import { ask } from '../ask.ts'
import { startService } from './service.ts'
import { startStandIn } from './standIn.ts'
import { subscribe } from './subscribe.ts'

// `npm run example:posthog`: a stand-in of PostHog, our service linked to it, changes on the left, and a subscription on the right.

interface Update {
  experimentUpdated: { name: string; status: string; featureFlag: { key: string; active: boolean; version: number } }
}

const width = 44
const columns = (left: string, right: string) => console.log(`${left.padEnd(width)} ${right}`)
const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(1)} s`

async function start(): Promise<void> {
  const posthogPort = portOf('POSTHOG_PORT', 8010)
  const port = portOf('PORT', 4010)
  const { posthog, request } = await startStandIn(posthogPort)
  const { url, key, projectId, stop: stopService } = await startService(port)
  const stopping = new AbortController()
  let isStopping = false
  const stop = async () => {
    // On Ctrl-C, the signal comes twice: from the terminal and from npm.
    if (isStopping) return
    isStopping = true
    stopping.abort()
    await stopService()
    await posthog.close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  console.log(`A stand-in of PostHog answers at ${posthog.origin}, project ${posthog.project.id}`)
  console.log(`Our service answers at            ${url}, project ${projectId}\n`)

  const linkedAt = performance.now()
  await link(url, key, projectId, posthog)
  while (!(await isCopied(url, key, projectId))) await sleep(100)
  console.log(`Linked and copied in ${seconds(linkedAt)}. Mutations here are sent to PostHog.\n`)

  let changedAt = performance.now()
  let shown = Promise.withResolvers<void>()
  const query = `subscription { experimentUpdated(projectId: ${projectId}) { name status featureFlag { key active version } } }`
  await subscribe<Update>(url, key, query, stopping.signal, ({ experimentUpdated: { name, status, featureFlag: flag } }) => {
    columns('', `${name} is ${status}, its flag is ${flag.active ? 'on' : 'off'} (version ${flag.version}), after ${seconds(changedAt)}`)
    shown.resolve()
  })

  columns('IN POSTHOG', 'experimentUpdated, HERE')
  const filters = { groups: [{ properties: [], rollout_percentage: 80 }] }
  for (const [what, change] of [
    ['launches "Checkout button"', () => request('POST', 'experiments/1/launch/')],
    ['rolls it out to 80 %', () => request('PATCH', 'feature_flags/4/', { filters })],
    ['pauses it', () => request('POST', 'experiments/1/pause/')],
  ] as const) {
    shown = Promise.withResolvers()
    columns(`somebody ${what}`, '')
    changedAt = performance.now()
    await change()
    await Promise.race([shown.promise, sleep(15_000, undefined, { signal: stopping.signal })])
    // An experiment and its flag can come one after the other.
    await sleep(1_500, undefined, { signal: stopping.signal })
  }

  const flagId = await idOfFlag(url, key, projectId, 'dark-mode')
  await ask(url, `mutation { updateFeatureFlag(input: { id: "${flagId}", name: "Renamed here" }) { __typename } }`, key)
  const { results } = (await request('GET', 'feature_flags/?key=dark-mode')) as { results: { name: string; version: number }[] }
  console.log('\nAND BACK')
  columns(`PostHog has "${results[0]?.name}", version ${results[0]?.version}`, '← a mutation here renamed the flag dark-mode')

  console.log(`
Try it:
  curl -s -X POST -H 'Authorization: Bearer ${posthog.key.token}' ${posthog.origin}/api/projects/${posthog.project.id}/experiments/2/launch/
  curl -s ${url} -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '${JSON.stringify({ query: `{ project(id: ${projectId}) { link { state lag } } requiresFlagImplementation(projectId: ${projectId}, events: ["purchase"]) { required source asOf } }` })}'
Open ${url} in a browser for GraphiQL. Press Ctrl-C to stop both. Nothing is kept.
`)
}

async function link(
  url: string,
  key: string,
  projectId: number,
  { origin, project, key: { token } }: Awaited<ReturnType<typeof startStandIn>>['posthog'],
) {
  const input = `{ projectId: ${projectId}, host: "${origin}", upstreamProjectId: ${project.id}, key: "${token}", mode: WRITE_THROUGH }`
  const { linkProject } = await ask<{ linkProject: { __typename: string; message?: string } }>(
    url,
    `mutation { linkProject(input: ${input}) { __typename ... on Error { message } } }`,
    key,
  )
  if (linkProject.__typename !== 'LinkProjectSuccess') throw new Error(linkProject.message ?? linkProject.__typename)
}

async function isCopied(url: string, key: string, projectId: number): Promise<boolean> {
  const { project } = await ask<{ project: { link: { state: string } } }>(url, `{ project(id: ${projectId}) { link { state } } }`, key)
  return project.link.state === 'FOLLOWING'
}

async function idOfFlag(url: string, key: string, projectId: number, flagKey: string): Promise<string> {
  const query = `{ featureFlag(projectId: ${projectId}, key: "${flagKey}") { id } }`
  return (await ask<{ featureFlag: { id: string } }>(url, query, key)).featureFlag.id
}

function portOf(name: string, byDefault: number): number {
  const port = Number(process.env[name] ?? byDefault)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new OperatorError(`${name} must be a whole number up to 65535.`)
}

start().catch((error: unknown) => {
  if (error instanceof Error && error.name === 'AbortError') return
  console.error(error instanceof OperatorError ? error.message : error)
  process.exit(1)
})
