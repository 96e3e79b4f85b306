import type { CORSPluginOptions } from '@whatwg-node/server'
import { rateLimitHeaders } from './limits/useRateLimits.ts'

/**
 * Lets pages of these origins read answers; `*` is every origin. Never with credentials. Yoga's own list of origins is not used: it answers
 * an unknown origin with `null`, which is the origin of sandboxed pages and local files.
 */
export function createCorsOptions(origins: readonly string[]): CORSPluginOptions<unknown> {
  const allowed = { origin: '*', credentials: false, exposedHeaders: [...rateLimitHeaders, 'retry-after', 'x-request-id'] }
  if (origins.includes('*')) return allowed
  return (request) => (origins.includes(request.headers.get('origin') ?? '') ? allowed : false)
}
