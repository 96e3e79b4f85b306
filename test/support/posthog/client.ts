import type { JsonObject } from '../../../src/platform/json.ts'
import type { PostHog } from './startPostHog.ts'

export interface Reply {
  status: number
  headers: Headers
  text: string
  /** The parsed answer. Undefined if it is no JSON. */
  body: JsonObject & { results: JsonObject[]; count: number; next: string | null; change_request: JsonObject }
}

/** Sends requests to the stand-in, as its own tests do. The path is relative to the project, unless it begins with a slash. */
export function createClient(posthog: PostHog, token: string | null = posthog.key.token) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
    const url = path.startsWith('/') ? `${posthog.origin}${path}` : `${posthog.origin}/api/projects/${posthog.project.id}/${path}`
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
    return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : undefined) as Reply['body'] }
  }
}

/** A clock that a test sets. */
export function createClock(start = '2026-11-20T09:30:00.000Z') {
  let now = new Date(start).getTime()
  return {
    now: () => new Date(now),
    pass: (seconds: number) => {
      now += seconds * 1_000
    },
  }
}
