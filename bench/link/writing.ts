import type { DatabaseServer } from '../data/database.ts'
import { percentile, rounded, startProgram } from './program.ts'
import { linkedService } from './service.ts'
import type { StandInCounts, StandInReady } from './standIn.ts'

export interface WritingFigures {
  operation: string
  writes: number
  /** What each answer of PostHog takes at least, in milliseconds. */
  latency: number
  /** Milliseconds of the write itself, sent to PostHog by hand. */
  upstream: { p50: number; p99: number }
  /** Milliseconds of the mutation. */
  ours: { p50: number; p99: number }
  /** The difference of the medians, and how much of it is not waiting for PostHog. */
  added: number
  addedWithoutWaiting: number
  requestsPerWrite: number
  /** CPU milliseconds of the service for one write. */
  cpu: number
}

/** Measures writes through the service beside the same writes sent to PostHog, one after the other. */
export async function measureWriting(
  databases: DatabaseServer,
  { writes, latency, log }: { writes: number; latency: number; log: (line: string) => void },
): Promise<WritingFigures[]> {
  const standIn = await startProgram<StandInReady>('standIn.ts', {
    ...{ projects: 1, flags: 200, experiments: 0, ownKeys: false, throttling: false, latency },
  })
  const database = await databases.create('writing')
  const service = await linkedService(database.url, standIn.ready, { mode: 'WRITE_THROUGH', limits: false, log })
  const [upstream] = standIn.ready.projects
  const count = () => standIn.ask<StandInCounts>({ do: 'count' })
  const send = async (method: string, path: string, body: object) => {
    const response = await fetch(`${standIn.ready.origin}/api/projects/${upstream?.id}/${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${upstream?.key}` },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    await response.text()
  }
  const mutate = async (name: string, type: string, input: object) => {
    const query = `mutation ($input: ${type}Input!) { result: ${name}(input: $input) { __typename ... on Error { message } } }`
    const { data, errors } = await service.ask(query, { input })
    if (data?.result?.__typename !== 'FeatureFlag') throw new Error(JSON.stringify({ data, errors }))
  }
  const ids: string[] = (
    await service.ask(`{ project(id: ${service.projects[0]}) { featureFlags(first: 50) { nodes { id } } } }`)
  ).data.project.featureFlags.nodes.map(({ id }: { id: string }) => id)
  const timed = async (work: (turn: number) => Promise<void>) => {
    const times: number[] = []
    for (let turn = 0; turn < writes; turn++) {
      const began = performance.now()
      await work(turn)
      times.push(performance.now() - began)
    }
    return times
  }
  const kinds = [
    {
      operation: 'updateFeatureFlag',
      there: (turn: number) => send('PATCH', `feature_flags/${1 + (turn % 50)}/`, { name: `by hand ${turn}` }),
      here: (turn: number) => mutate('updateFeatureFlag', 'UpdateFeatureFlag', { id: ids[turn % ids.length], name: `through ${turn}` }),
    },
    {
      operation: 'createFeatureFlag',
      there: (turn: number) => send('POST', 'feature_flags/', { key: `by-hand-${turn}`, name: '' }),
      here: (turn: number) => mutate('createFeatureFlag', 'CreateFeatureFlag', { projectId: service.projects[0], key: `through-${turn}` }),
    },
  ]
  try {
    const results: WritingFigures[] = []
    for (const { operation, there, here } of kinds) {
      // Both are warm.
      for (let turn = 0; turn < 5; turn++) await there(writes + turn).then(() => here(writes + turn))
      const direct = await timed(there)
      const [before, usage] = [await count(), await service.server.usage()]
      const through = await timed(here)
      const [after, used] = [await count(), await service.server.usage()]
      const requestsPerWrite = (after.requests - before.requests) / writes
      const [upstreamP50, oursP50] = [percentile(direct, 0.5), percentile(through, 0.5)]
      results.push({
        ...{ operation, writes, latency },
        upstream: { p50: rounded(upstreamP50), p99: rounded(percentile(direct, 0.99)) },
        ours: { p50: rounded(oursP50), p99: rounded(percentile(through, 0.99)) },
        added: rounded(oursP50 - upstreamP50),
        addedWithoutWaiting: rounded(oursP50 - upstreamP50 * requestsPerWrite),
        requestsPerWrite: rounded(requestsPerWrite, 2),
        cpu: rounded((used.cpu - usage.cpu) / writes, 2),
      })
    }
    return results
  } finally {
    await service.stop()
    standIn.stop()
    await database.drop()
  }
}
