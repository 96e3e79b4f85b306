import { Response } from '@whatwg-node/server'
import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../database/client.ts'
import { BadUserInputError, RateLimitedError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'
import { acceptHook, hookHeader } from '../../posthog/link/connect/hooks.ts'
import { errorResponse } from '../errorResponse.ts'
import { createAddressReader, type NodeContext } from '../limits/clientAddress.ts'
import type { Demand } from '../limits/fixedWindows.ts'
import type { RateLimits } from '../limits/rateLimits.ts'
import { readBytes } from '../plugins/useRequestBody.ts'

const prefix = '/hooks/posthog/'
/** An entry of the activity log without its changes. */
const maxBytes = 16_384

/**
 * Answers `/hooks/posthog/:id`: PostHog says that a row changed. The row is read later, so the answer is at once. A call with a wrong address or
 * secret counts for the address of its client, like a request without a key. The others count for the webhook, as requests of a key do.
 */
export function useLinkHooks(db: Db, limits: RateLimits, config: Pick<Config, 'trustedProxies'>): Plugin {
  const addressOf = createAddressReader(config.trustedProxies)

  /** The answer to a caller that has reached a limit, or null. */
  async function count(demand: Demand): Promise<Response | null> {
    const [state] = await limits.consume([demand])
    if (state === undefined || state.used <= state.limit.points) return null
    const seconds = Math.max(Math.ceil((state.resetAt - limits.now()) / 1_000), 1)
    const { message, extensions } = new RateLimitedError(seconds)
    const answer = errorResponse(429, message, { code: extensions.code, retryAfter: seconds })
    answer.headers.set('retry-after', String(seconds))
    return answer
  }

  async function answerHook(request: Request, id: string, context: NodeContext): Promise<Response> {
    if (request.method !== 'POST') return errorResponse(405, 'A webhook is called by POST.')
    const wrong = { limit: limits.anonymous, key: addressOf(context) }
    // Asked before anything is read, and counted only if it is wrong.
    const refusal =
      (await count({ ...wrong, points: 0 })) ?? (await count({ limit: limits.minute, key: `hook ${id.slice(0, 36)}`, points: 0 }))
    if (refusal !== null) return refusal
    try {
      const isAccepted = await acceptHook(db, id, request.headers.get(hookHeader), () => readJson(request), new Date(limits.now()))
      const exceeded = await count(isAccepted ? { limit: limits.minute, key: `hook ${id}`, points: 1 } : { ...wrong, points: 1 })
      // The same for a wrong address as for a wrong secret. What was accepted is done.
      if (!isAccepted) return exceeded ?? errorResponse(404, 'There is no webhook with this address and secret.')
      return new Response(null, { status: 204 })
    } catch (error) {
      if (!(error instanceof BadUserInputError)) throw error
      return errorResponse((error.extensions.http as { status?: number } | undefined)?.status ?? 400, error.message)
    }
  }

  return {
    onRequest: async ({ request, url, serverContext, endResponse }) => {
      if (!url.pathname.startsWith(prefix)) return
      const answer = await answerHook(request, url.pathname.slice(prefix.length), serverContext as NodeContext)
      answer.headers.set('cache-control', 'no-store')
      endResponse(answer)
    },
  }
}

/** @throws BadUserInputError if the body is too large, came too slowly, or is no JSON. */
async function readJson(request: Request): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await readBytes(request, maxBytes)).toString('utf8'))
  } catch (error) {
    if (error instanceof BadUserInputError) throw error
    throw new BadUserInputError(null, 'The body of a webhook must be JSON.', 400)
  }
}
