import { Response } from '@whatwg-node/server'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { Db } from '../../database/client.ts'
import { BadUserInputError, RateLimitedError } from '../../graphql/errors.ts'
import { acceptHook, hookHeader } from '../../posthog/link/connect/hooks.ts'
import { errorResponse } from '../errorResponse.ts'
import { createAddressReader, type NodeContext } from '../limits/clientAddress.ts'
import type { LimitState } from '../limits/fixedWindows.ts'
import type { RateLimits } from '../limits/rateLimits.ts'
import { readBytes } from '../plugins/useRequestBody.ts'

const prefix = '/hooks/posthog/'
/** An entry of the activity log without its changes. */
const maxBytes = 16_384
/** How many webhooks are remembered as known. */
const maxKnown = 10_000
/** The length of a webhook's id. */
const idLength = 36

interface LinkHookOptions {
  db: Db
  limits: RateLimits
  trustedProxies: readonly string[] | null
}

/**
 * Answers `/hooks/posthog/:id`: PostHog says that a row changed. The row is read later, so the answer is at once. What is refused counts for the
 * limit of requests without a key. Whoever has reached it gets no look-up, but for webhooks that are known: all links of a PostHog call from the
 * same addresses, also for webhooks that nobody knows any more. What is accepted counts for the webhook, as requests of a key do.
 */
export function useLinkHooks({ db, limits, trustedProxies }: LinkHookOptions): Plugin {
  const addressOf = createAddressReader(trustedProxies)
  const known = new LRUCache<string, true>({ max: maxKnown })

  async function answerHook(request: Request, id: string, context: NodeContext): Promise<Response> {
    const hook = `hook ${id.slice(0, idLength)}`
    const refused = async (points: number) => (await limits.consume([{ limit: limits.anonymous, key: addressOf(context), points }]))[0]
    const accepted = async (points: number) => (await limits.consume([{ limit: limits.minute, key: hook, points }]))[0]
    const refuse = async (status: number, message: string, headers: Record<string, string> = {}) => {
      await refused(1)
      const answer = errorResponse(status, message)
      for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
      return answer
    }
    const exceeded = [known.has(id) ? undefined : await refused(0), await accepted(0)].find(isReached)
    if (exceeded !== undefined) return tooMany(Math.max(Math.ceil((exceeded.resetAt - limits.now()) / 1_000), 1))
    if (request.method !== 'POST') return refuse(405, 'A webhook is called by POST.', { allow: 'POST' })
    if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return refuse(413, `The body has more than ${maxBytes} bytes.`)
    try {
      const isAccepted = await acceptHook(db, id, request.headers.get(hookHeader), () => readJson(request), new Date(limits.now()))
      // The same for a wrong address as for a wrong secret.
      if (!isAccepted) return await refuse(404, 'There is no webhook with this address and secret.')
      known.set(id, true)
      await accepted(1)
      return new Response(null, { status: 204 })
    } catch (error) {
      if (!(error instanceof BadUserInputError)) throw error
      return refuse((error.extensions.http as { status?: number } | undefined)?.status ?? 400, error.message)
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

function isReached(state: LimitState | undefined): state is LimitState {
  return state !== undefined && state.used >= state.limit.points
}

function tooMany(seconds: number): Response {
  const { message, extensions } = new RateLimitedError(seconds)
  const answer = errorResponse(429, message, { code: extensions.code, retryAfter: seconds })
  answer.headers.set('retry-after', String(seconds))
  return answer
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
