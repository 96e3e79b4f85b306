import type { JsonObject } from '../../../src/platform/json.ts'
import type { Upstream } from './sameRows.ts'

/** What became of the writes through the service. */
export interface WriteFigures {
  /** Acknowledged. */
  done: number
  /** Refused, with the word that nothing was written. */
  refused: number
  /** The outcome was not known when the caller was answered, or the service was killed before it. */
  unknown: number
  /** Acknowledged, and not in PostHog. */
  lost: number
  /** Refused, and in PostHog nevertheless. */
  doneButRefused: number
  /** More than once in PostHog. */
  doubled: number
  /** What should not have been answered at all. Null if there was nothing. */
  unexpected: string | null
  /** How often callers were told what. */
  answers: Record<string, number>
}

interface Sent {
  name: string
  kind: 'flag' | 'experiment' | 'update'
  outcome: 'done' | 'refused' | 'unknown'
}

const logPageSize = 1_000

/** Sends mutations to the service, each with a mark of its own, and knows afterwards what should be in PostHog. */
export function writers(projectId: number, key: string, seed: number) {
  const sent: Sent[] = []
  let next = 0
  /** Flags that were made, and are changed by turns: after a kill, a flag waits until its last write is cleared up. */
  const flagIds: string[] = []
  let unexpected: string | null = null
  /** What callers were told, with how often. */
  const answers: Record<string, number> = {}
  const note = (text: string) => {
    answers[text] = (answers[text] ?? 0) + 1
  }

  async function mutate(url: string, name: string, type: string, input: JsonObject): Promise<JsonObject> {
    const query = `mutation ($input: ${type}Input!) { result: ${name}(input: $input) { __typename ... on Node { id } ... on Error { message } } }`
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables: { input } }),
      // A test says then what it waited for.
      signal: AbortSignal.timeout(60_000),
    })
    return (await response.json()) as JsonObject
  }

  /** Sends one write. */
  async function send(url: string): Promise<void> {
    const number = next++
    const name = `w-${seed}-${number}`
    const kind = (['flag', 'update', 'experiment', 'update'] as const)[number % 4] ?? 'flag'
    const entry: Sent = { name, kind: kind === 'update' && flagIds.length === 0 ? 'flag' : kind, outcome: 'unknown' }
    sent.push(entry)
    try {
      const answer =
        entry.kind === 'flag'
          ? await mutate(url, 'createFeatureFlag', 'CreateFeatureFlag', { projectId, key: name })
          : entry.kind === 'experiment'
            ? await mutate(url, 'createExperiment', 'CreateExperiment', { projectId, name, featureFlagKey: `${name}-flag` })
            : await mutate(url, 'updateFeatureFlag', 'UpdateFeatureFlag', { id: flagIds[number % flagIds.length], name })
      const result = (answer.data as { result?: JsonObject } | null | undefined)?.result
      note(result == null ? String((answer.errors as { message: string }[] | undefined)?.[0]?.message) : String(result.__typename))
      const [error] = (answer.errors ?? []) as { message: string; extensions: { code: string } }[]
      if (result?.__typename === 'FeatureFlag' || result?.__typename === 'Experiment') {
        entry.outcome = 'done'
        if (entry.kind === 'flag') flagIds.push(String(result.id))
      } else if (result != null) {
        entry.outcome = 'refused'
        unexpected ??= JSON.stringify({ entry, result })
      } else {
        const isKnown = error?.extensions.code === 'UPSTREAM_UNAVAILABLE' && /Nothing was written/.test(error.message)
        entry.outcome = isKnown ? 'refused' : 'unknown'
        // A time-out says nothing of the write, which goes on.
        if (!['UPSTREAM_UNAVAILABLE', 'SERVICE_UNAVAILABLE', 'TIMEOUT'].includes(error?.extensions.code ?? ''))
          unexpected ??= JSON.stringify(answer)
      }
    } catch (error) {
      // The service was killed.
      note('killed')
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
    }
  }

  /** Compares what was said with what is in PostHog. */
  async function inspect({ origin, project, key: upstreamKey }: Upstream): Promise<WriteFigures> {
    const read = async (path: string) => {
      const response = await fetch(`${origin}/api/projects/${project}/${path}`, { headers: { authorization: `Bearer ${upstreamKey}` } })
      return ((await response.json()) as { results: JsonObject[] }).results
    }
    const flags = await read('feature_flags/?limit=10000')
    const experiments = await read('experiments/?limit=10000')
    // A long storm fills several pages.
    const log: JsonObject[] = []
    for (let page = 1, isLast = false; !isLast; page++) {
      const entries = await read(`activity_log/?scope=FeatureFlag&page_size=${logPageSize}&page=${page}`)
      log.push(...entries)
      isLast = entries.length < logPageSize
    }
    const figures = { done: 0, refused: 0, unknown: 0, lost: 0, doneButRefused: 0, doubled: 0, unexpected, answers }
    for (const { name, kind, outcome } of sent) {
      figures[outcome]++
      const times = {
        flag: () => flags.filter((row) => row.key === name).length,
        experiment: () => experiments.filter((row) => row.name === name).length,
        // The name of a flag is overwritten by the next write. The log has all of them.
        update: () => log.filter((entry) => JSON.stringify(entry.detail).includes(`"after":"${name}"`)).length,
      }[kind]()
      if (outcome === 'done' && times === 0) figures.lost++
      if (outcome === 'refused' && times > 0) figures.doneButRefused++
      if (times > 1) figures.doubled++
    }
    return figures
  }

  return { send, inspect, done: () => sent.filter(({ outcome }) => outcome === 'done').length }
}
