import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Db } from '../../../database/client.ts'
import type { Known } from '../../../database/events/eventStore.ts'
import { OperatorError } from '../../../platform/operatorError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { LinkClients } from '../connect/linkClients.ts'
import { projectPath } from '../connect/upstreamPaths.ts'
import type { HogQL } from './hogQL.ts'

type Rows = readonly unknown[][]

/** Asks PostHog's query endpoint. */
export interface Queries {
  /**
   * @param key what the query is about, without what moves with each request. Equal questions of a minute are asked once.
   * @throws UpstreamError
   */
  ask(projectId: number, key: readonly unknown[], query: HogQL): Promise<Known<Rows>>
}

const keptMs = 60_000
/** How much text of answers is kept, for all projects of a server. */
const maxCacheSize = 16_000_000

const answerShape = z.looseObject({ results: z.array(z.array(z.unknown())) })

/** PostHog limits queries more than all else, and each reads the store of events: so answers are kept for a minute, and asked for once. */
export function createQueries(db: Db, clients: LinkClients): Queries {
  const { clock } = clients.timing
  const now = () => clock().getTime()
  const answers = new LRUCache<string, Known<Rows>>({
    maxSize: maxCacheSize,
    sizeCalculation: ({ value }, key) => JSON.stringify(value).length + key.length + 1,
    ...{ ttl: keptMs, ttlResolution: 0, perf: { now } },
  })
  const asked = new Map<string, Promise<Known<Rows>>>()

  async function send(projectId: number, { query, values }: HogQL): Promise<Known<Rows>> {
    const link = await db.projectLink.findUnique({
      where: { projectId },
      select: { projectId: true, host: true, encryptedKey: true, upstreamProjectId: true },
    })
    if (link === null) throw new UpstreamError('The project is not linked any more.', { kind: 'not_found', isQuery: true })
    const asOf = clock()
    const { status, body } = await clients.queriesOfLink(link).send({
      // Not repeated: somebody waits, and a query that PostHog could not answer is dear to it.
      ...{ method: 'POST', path: projectPath(link.upstreamProjectId, 'query/'), repeatable: false },
      // Its own cache may be older than ours.
      body: { query: { kind: 'HogQLQuery', query, values }, refresh: 'force_blocking' },
    })
    const { data } = answerShape.safeParse(body)
    if (data !== undefined) return { asOf, value: data.results }
    // 202: it is not done yet.
    const kind = status === 202 ? 'unavailable' : 'malformed'
    throw new UpstreamError('PostHog did not answer a query with its results.', { kind, status, retryAfter: 5 })
  }

  return {
    ask: (projectId, key, query) => {
      const name = JSON.stringify([projectId, ...key])
      const kept = answers.get(name)
      if (kept !== undefined) return Promise.resolve(kept)
      const running = asked.get(name)
      if (running !== undefined) return running
      const answer = send(projectId, query)
        .then((known) => {
          answers.set(name, known)
          return known
        })
        .catch((error: unknown) => {
          throw toQueryError(error)
        })
        .finally(() => asked.delete(name))
      asked.set(name, answer)
      return answer
    },
  }
}

function toQueryError(error: unknown): unknown {
  if (error instanceof OperatorError) return new UpstreamError(error.message, { kind: 'unauthenticated', isQuery: true })
  if (!(error instanceof UpstreamError)) return error
  const { message, kind, status, code, retryAfter, cause } = error
  return new UpstreamError(message, { kind, status, code, retryAfter, isQuery: true, cause })
}
