import { encodeGlobalId } from '../../src/platform/globalId.ts'
import { openSession } from '../data/session.ts'
import { eventNames } from '../data/statements.ts'
import { ask } from '../measure/ask.ts'
import type { Data } from '../operations/operation.ts'
import type { RunningServer } from '../servers/start.ts'
import { shuffled } from './random.ts'

/** The item just before a page, and the cursor of it in each system that has cursors. */
export interface Position {
  projectId: number
  id: number
  createdAt: string
  cursors: { ours: string; postgraphile: string }
}

/** The inputs of requests of which no two are alike, in random order. */
export interface DistinctFacts {
  flagPositions: Position[]
  experimentPositions: Position[]
  projectIds: number[]
  keys: { projectId: number; key: string }[]
  /** Terms that a few flags of the project contain. */
  terms: { projectId: number; term: string }[]
  /** Three event names of project 1 each. */
  events: string[][]
  /** Twenty flag ids each: as many as a page of a gateway. */
  flagIds: number[][]
}

const most = 10_000

interface List {
  service: string
  postgraphile: string
}

const lists = {
  flags: {
    service: `query ($projectId: ID!, $after: String) {
      list: eligibleFeatureFlags(projectId: $projectId, first: 100, after: $after) { edges { cursor node { databaseId createdAt } } pageInfo { hasNextPage } }
    }`,
    postgraphile: `query ($projectId: Int!, $after: Cursor) {
      list: allEligibleFlags(first: 100, after: $after, condition: { projectId: $projectId }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
        edges { cursor node { rowId } } pageInfo { hasNextPage }
      }
    }`,
  },
  experiments: {
    service: `query ($projectId: ID!, $after: String) {
      list: experiments(projectId: $projectId, first: 100, after: $after) { edges { cursor node { databaseId createdAt } } pageInfo { hasNextPage } }
    }`,
    postgraphile: `query ($projectId: Int!, $after: Cursor) {
      list: allExperiments(first: 100, after: $after, condition: { projectId: $projectId, deleted: false, archived: false }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
        edges { cursor node { rowId } } pageInfo { hasNextPage }
      }
    }`,
  },
} satisfies Record<string, List>

/** The items of a list of one system, with their cursors. */
async function walk(server: RunningServer, query: string, projectId: number | string, needed: number): Promise<Data[]> {
  const edges: Data[] = []
  for (let after: string | null = null; edges.length < needed; after = edges.at(-1).cursor) {
    const { data } = await ask(server, { query, variables: { projectId, after } })
    edges.push(...data.list.edges)
    if (!data.list.pageInfo.hasNextPage) break
  }
  return edges.slice(0, needed)
}

async function findPositions(list: List, projectIds: number[], servers: readonly RunningServer[]): Promise<Position[]> {
  const [ours, postgraphile] = ['ours', 'postgraphile'].map((system) => servers.find((server) => server.system === system))
  if (ours === undefined || postgraphile === undefined) throw new Error('Positions need this service and PostGraphile.')
  const positions: Position[] = []
  for (const projectId of projectIds) {
    const needed = Math.ceil(most / projectIds.length)
    const own = await walk(ours, list.service, encodeGlobalId('Project', projectId), needed)
    const theirs = await walk(postgraphile, list.postgraphile, projectId, needed)
    for (const [index, { cursor, node }] of own.entries()) {
      if (theirs[index]?.node.rowId !== node.databaseId) throw new Error(`Project ${projectId} has another order in PostGraphile.`)
      const cursors = { ours: cursor, postgraphile: theirs[index].cursor }
      positions.push({ projectId, id: node.databaseId, createdAt: node.createdAt, cursors })
    }
  }
  return shuffled(positions, 1)
}

/** Reads the inputs from the data, and the cursors from the systems themselves. */
export async function findDistinctFacts(
  databaseUrl: string,
  projectIds: number[],
  servers: readonly RunningServer[],
): Promise<DistinctFacts> {
  const flagPositions = await findPositions(lists.flags, projectIds, servers)
  const experimentPositions = await findPositions(lists.experiments, projectIds, servers)
  const session = await openSession(databaseUrl)
  const { rows } = await session.query<{ id: number; project_id: number; key: string }>(
    'SELECT id, project_id, key FROM feature_flags WHERE project_id = ANY ($1) AND NOT deleted ORDER BY id LIMIT 100000',
    [projectIds],
  )
  await session.end()
  const flags = shuffled(rows, 2)
  const names = Array.from({ length: eventNames }, (_, name) => `event-${name}`)
  return {
    flagPositions,
    experimentPositions,
    projectIds: shuffled(projectIds, 3),
    keys: flags.slice(0, most).map(({ project_id, key }) => ({ projectId: project_id, key })),
    // The end of a word and the beginning of a number: `er-12` of `checkout-banner-1234`.
    terms: flags.slice(0, most).map(({ project_id, key }, index) => {
      const dash = key.lastIndexOf('-')
      return { projectId: project_id, term: key.slice(dash - 2 - (index % 3), dash + 3 + (index % 2)) }
    }),
    events: Array.from({ length: 2_000 }, (_, seed) => shuffled(names, seed).slice(0, 3)),
    flagIds: Array.from({ length: 2_000 }, (_, list) =>
      Array.from({ length: 20 }, (_, nth) => flags[(list * 20 + nth * 7) % flags.length]?.id ?? 0).sort((a, b) => a - b),
    ).map((ids) => [...new Set(ids)]),
  }
}
