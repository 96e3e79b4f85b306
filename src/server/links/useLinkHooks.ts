import type { Plugin } from 'graphql-yoga'
import type { Db } from '../../database/client.ts'
import type { Clock } from '../../platform/clock.ts'
import { acceptHook, hookHeader } from '../../posthog/link/connect/hooks.ts'

const prefix = '/hooks/posthog/'
/** An entry of the activity log without its changes. */
const maxBytes = 16_384

/** Answers `/hooks/posthog/:id`: PostHog says that a row changed. The row is read later, so the answer is at once. */
export function useLinkHooks(db: Db, clock: Clock): Plugin {
  return {
    onRequest: async ({ request, url, fetchAPI, endResponse }) => {
      if (!url.pathname.startsWith(prefix)) return
      const answer = (status: number) => endResponse(new fetchAPI.Response(null, { status, headers: { 'cache-control': 'no-store' } }))
      if (request.method !== 'POST') return answer(405)
      const body = () => readJson(request)
      try {
        const isAccepted = await acceptHook(db, url.pathname.slice(prefix.length), request.headers.get(hookHeader), body, clock())
        // The same for a wrong address as for a wrong secret.
        return answer(isAccepted ? 204 : 404)
      } catch (error) {
        if (error instanceof BodyError) return answer(400)
        throw error
      }
    },
  }
}

class BodyError extends Error {}

async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new BodyError('The body is too large.')
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new BodyError('The body is not JSON.')
  }
}
