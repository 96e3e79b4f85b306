import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { Db } from '../../database/client.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { acceptHook, hookHeader } from '../../posthog/link/connect/hooks.ts'
import { createAddressReader, type NodeContext } from '../limits/clientAddress.ts'
import type { RateLimits } from '../limits/rateLimits.ts'
import { readBytes } from '../plugins/useRequestBody.ts'

const prefix = '/hooks/posthog/'
/** An entry of the activity log without its changes. */
const maxBytes = 16_384
/** How many webhooks are remembered as known. */
const maxKnown = 10_000

interface LinkHookOptions {
  db: Db
  limits: RateLimits
  trustedProxies: readonly string[] | null
}

/**
 * Answers `/hooks/posthog/:id`: PostHog says that a row changed. The row is read later, so the answer is at once. What is refused counts for the
 * limit of requests without a key. Whoever has reached it gets no look-up, but for webhooks that are known: all links of a PostHog call from the
 * same addresses, also for webhooks that nobody knows any more.
 */
export function useLinkHooks({ db, limits, trustedProxies }: LinkHookOptions): Plugin {
  const addressOf = createAddressReader(trustedProxies)
  const known = new LRUCache<string, true>({ max: maxKnown })
  return {
    onRequest: async ({ request, url, fetchAPI, endResponse, serverContext }) => {
      if (!url.pathname.startsWith(prefix)) return
      const hookId = url.pathname.slice(prefix.length)
      const answer = (status: number, headers: Record<string, string> = {}) =>
        endResponse(new fetchAPI.Response(null, { status, headers: { 'cache-control': 'no-store', ...headers } }))
      const count = async (points: number) => {
        const [state] = await limits.consume([{ limit: limits.anonymous, key: addressOf(serverContext as NodeContext), points }])
        return state
      }
      const refuse = async (status: number, headers?: Record<string, string>) => {
        await count(1)
        answer(status, headers)
      }
      const state = await count(0)
      if (state !== undefined && state.used >= state.limit.points && !known.has(hookId)) {
        return answer(429, { 'retry-after': String(Math.max(1, Math.ceil((state.resetAt - limits.now()) / 1_000))) })
      }
      if (request.method !== 'POST') return refuse(405, { allow: 'POST' })
      if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return refuse(413)
      try {
        const isAccepted = await acceptHook(db, hookId, request.headers.get(hookHeader), () => readJson(request), new Date(limits.now()))
        // The same for a wrong address as for a wrong secret.
        if (!isAccepted) return await refuse(404)
        known.set(hookId, true)
        answer(204)
      } catch (error) {
        if (!(error instanceof BodyError)) throw error
        await refuse(error.status)
      }
    },
  }
}

/** A body that cannot be used. */
class BodyError extends Error {
  readonly status: 400 | 413
  constructor(status: 400 | 413) {
    super('The body cannot be read.')
    this.status = status
  }
}

async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes).catch((error: unknown) => {
    throw error instanceof BadUserInputError ? new BodyError(413) : error
  })
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw new BodyError(400)
  }
}
