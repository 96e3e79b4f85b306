import type { DatabaseServer } from '../data/database.ts'
import { startLoader } from '../measure/load.ts'
import type { MeshReady } from './mesh.ts'
import { rounded, startProgram } from './program.ts'
import { linkedService } from './service.ts'
import type { StandInCounts, StandInReady } from './standIn.ts'

export interface PageFigures {
  system: 'this service' | 'GraphQL Mesh'
  clients: number
  /** What each answer of PostHog takes at least, in milliseconds. */
  latency: number
  requestsPerSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Requests to PostHog for each page. */
  upstreamPerPage: number
  /** CPU milliseconds of the server for each page. */
  cpu: number
  rss: number
}

const flags = 300
const size = 20

/** Measures a page of 20 flags with their experiments and creators, on this service and on GraphQL Mesh, over the same stand-in. */
export async function measurePages(
  databases: DatabaseServer,
  { seconds, latency, log }: { seconds: number; latency: number; log: (line: string) => void },
): Promise<PageFigures[]> {
  const standIn = await startProgram<StandInReady>('standIn.ts', {
    ...{ projects: 1, flags, experiments: flags / 2, ownKeys: false, throttling: false, latency },
  })
  const database = await databases.create('pages')
  const service = await linkedService(database.url, standIn.ready, { mode: 'MIRROR', limits: false, log })
  const [upstream] = standIn.ready.projects
  const mesh = await startProgram<MeshReady>('mesh.ts', { origin: standIn.ready.origin, project: upstream?.id, key: upstream?.key })
  const loader = startLoader()
  const json = { 'content-type': 'application/json' }
  const meshBodies = Array.from({ length: 10 }, (_, page) =>
    JSON.stringify({
      query: `{ flags(limit: ${size}, offset: ${page * size}) { results {
        id key name active version created_by { email first_name } experiments { id name description status start_date created_by { email first_name } } } } }`,
    }),
  )
  const oursBodies = await ourBodies(service)
  const systems = [
    {
      system: 'GraphQL Mesh' as const,
      url: mesh.ready.url,
      bodies: meshBodies,
      headers: json,
      usage: () => mesh.ask<{ cpu: number; rss: number }>({}),
    },
    {
      system: 'this service' as const,
      url: service.server.url,
      bodies: oursBodies,
      headers: { ...json, authorization: `Bearer ${service.key}` },
      usage: () => service.server.usage(),
    },
  ]
  try {
    await sameAnswers(systems)
    const results: PageFigures[] = []
    for (const { system, url, bodies, headers, usage } of systems) {
      for (const connections of [1, 32]) {
        const load = { urls: [url], bodies, headers, connections }
        await loader.run({ ...load, milliseconds: seconds * 500 })
        const [before, used] = [await standIn.ask<StandInCounts>({ do: 'count' }), await usage()]
        const { requests, seconds: took, p50, p99 } = await loader.run({ ...load, milliseconds: seconds * 1_000 })
        const [after, usedAfter] = [await standIn.ask<StandInCounts>({ do: 'count' }), await usage()]
        results.push({
          ...{ system, clients: connections, latency, requestsPerSecond: rounded(requests / took) },
          ...{ p50: rounded(p50), p99: rounded(p99), upstreamPerPage: rounded((after.requests - before.requests) / requests, 2) },
          ...{ cpu: rounded((usedAfter.cpu - used.cpu) / requests, 2), rss: usedAfter.rss },
        })
      }
    }
    return results
  } finally {
    loader.stop()
    mesh.stop()
    await service.stop()
    standIn.stop()
    await database.drop()
  }
}

async function ourBodies({ ask, projects }: Awaited<ReturnType<typeof linkedService>>): Promise<string[]> {
  const query = `query ($project: ID!, $after: String) { project(id: $project) { featureFlags(first: ${size}, after: $after) {
    nodes { id key name active version createdBy { email firstName } experiments { nodes { id name description status startDate createdBy { email firstName } } } }
    pageInfo { endCursor } } } }`
  const bodies: string[] = []
  for (let after: string | null = null; bodies.length < 10; ) {
    const variables: { project: string; after: string | null } = { project: String(projects[0]), after }
    bodies.push(JSON.stringify({ query, variables }))
    const answer = await ask(query, variables)
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors))
    after = answer.data.project.featureFlags.pageInfo.endCursor
  }
  return bodies
}

/** Both must answer the same number of flags, experiments and creators. Their order is that of PostHog and ours, which differ. */
async function sameAnswers(systems: readonly { url: string; bodies: string[]; headers: Record<string, string> }[]): Promise<void> {
  for (const { url, bodies, headers } of systems) {
    const response = await fetch(url, { method: 'POST', headers, body: bodies[0] ?? '' })
    const text = await response.text()
    const flagCount = (text.match(/"version":/g) ?? []).length
    if (flagCount !== size || !text.includes('"email":') || !/"(?:start_date|startDate)":/.test(text)) {
      throw new Error(`${url} does not answer the page: ${text.slice(0, 500)}`)
    }
  }
}
