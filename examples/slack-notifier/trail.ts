import { explain } from '../explain.ts'
import { key, url } from '../settings.ts'
import type { Entry } from './messageOf.ts'

const timeoutMs = 30_000
/** Entries have the time of their write, but are seen when it ends. So one can come after a later one. */
const overlapMs = 60_000

/** The service refuses, now and later. */
export class Refusal extends Error {}
const refusals = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT']

/** Lists are asked for, so that a missing scope is named at once, and not when the first message needs it. */
const start = `query Start($project: ID!) {
  project(id: $project) { databaseId name }
  activity(projectId: $project, first: 1) { nodes { createdAt } }
  featureFlags(projectId: $project, first: 1) { nodes { id } }
  experiments(projectId: $project, first: 1) { nodes { id } }
  changeRequests(projectId: $project, first: 1) { nodes { id } }
}`

interface Start {
  project: { databaseId: number; name: string }
  activity: { nodes: { createdAt: string }[] }
}

/** The oldest entries first, because `last` with `before` pages towards the newest. */
const trail = `query Trail($project: ID!, $since: DateTime, $before: String) {
  activity(projectId: $project, resourceTypes: [FEATURE_FLAG, EXPERIMENT, CHANGE_REQUEST], since: $since, last: 50, before: $before) {
    pageInfo { hasPreviousPage startCursor }
    nodes {
      id activity createdAt resourceType resourceName before after
      user { firstName email }
      resource {
        __typename
        ... on FeatureFlag { key }
        ... on Experiment { databaseId name featureFlag { key } }
        ... on ChangeRequest { id state description missingApprovals }
      }
    }
  }
}`

interface Trail {
  activity: { pageInfo: { hasPreviousPage: boolean; startCursor: string | null }; nodes: Entry[] }
}

/** Reads the audit trail of a project from now on. */
export async function openTrail(projectId: string) {
  const { project, activity } = await ask<Start>(start, { project: projectId })
  let newest = Date.parse(activity.nodes[0]?.createdAt ?? '1970-01-01')
  /** The times of the entries that may be read again, by their ids. */
  const seen = new Map<string, number>()
  const overlap = () => newest - overlapMs

  async function* unseen(): AsyncGenerator<Entry> {
    const since = new Date(Math.max(0, overlap())).toISOString()
    let before: string | null = null
    do {
      const { nodes, pageInfo }: Trail['activity'] = (await ask<Trail>(trail, { project: projectId, since, before })).activity
      for (const entry of nodes.toReversed()) {
        if (seen.has(entry.id)) continue
        yield entry
        // Only now: whoever fails with an entry gets it again.
        const at = Date.parse(entry.createdAt)
        seen.set(entry.id, at)
        newest = Math.max(newest, at)
      }
      before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null
    } while (before !== null)
    for (const [id, at] of seen) if (at < overlap()) seen.delete(id)
  }

  // What was done before the start is no news.
  for await (const _ of unseen());
  return { project, unseen }
}

async function ask<Data>(query: string, variables: object): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { data, errors = [] } = (await response.json()) as {
    data?: Data
    errors?: { message: string; extensions?: Record<string, unknown> }[]
  }
  const [error] = errors
  if (error !== undefined) throw new (refusals.includes(String(error.extensions?.code)) ? Refusal : Error)(explain(error))
  if (data === undefined) throw new Error(`${url} answers with HTTP status ${response.status}, and no data.`)
  return data
}
