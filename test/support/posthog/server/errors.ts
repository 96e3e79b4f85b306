/** An answer other than 2xx, thrown where the request is refused. Nothing may have been written by then. */
export class ApiError extends Error {
  readonly status: number
  readonly body: unknown
  readonly headers: Record<string, string>

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`${status} ${JSON.stringify(body)}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

function envelope(status: number, type: string, code: string, detail: string, attr: string | null = null, headers = {}): ApiError {
  return new ApiError(status, { type, code, detail, attr }, headers)
}

export const validationError = (detail: string, attr: string | null = null, code = 'invalid_input') =>
  envelope(400, 'validation_error', code, detail, attr)

export const badJson = () => envelope(400, 'invalid_request', 'parse_error', 'JSON parse error')

/** The newest servers name the way to authenticate in a header. */
const unauthenticated = (code: string, detail: string) =>
  envelope(401, 'authentication_error', code, detail, null, {
    'WWW-Authenticate': 'Bearer resource_metadata="/.well-known/oauth-protected-resource"',
  })

export const noKey = () => unauthenticated('not_authenticated', 'Authentication credentials were not provided.')

export const badKey = () => unauthenticated('authentication_failed', 'Personal API key found in request Authorization header is invalid.')

export const paymentRequired = (detail: string) => envelope(402, 'server_error', 'payment_required', detail)

/** The type says authentication, although it is authorization. */
export const permissionDenied = (detail: string) => envelope(403, 'authentication_error', 'permission_denied', detail)

export const notFound = (detail = 'Not found.') => envelope(404, 'invalid_request', 'not_found', detail)

/** Deletion of flags, experiments, actions and hog functions. */
export const forbiddenDestroy = () => new ApiError(405, undefined)

export const methodNotAllowed = (method: string) =>
  envelope(405, 'invalid_request', 'method_not_allowed', `Method "${method}" not allowed.`)

export const conflict = (detail: string) => envelope(409, 'server_error', 'conflict', detail)

/** It carries no `Retry-After`. Without seconds it is the text of a query that is refused for concurrency. */
export function throttled(seconds: number | null, retryAfter?: number): ApiError {
  const detail =
    seconds === null
      ? 'Too many concurrent queries.'
      : `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`
  return envelope(429, 'throttled_error', 'throttled', detail, null, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) })
}

export const serverError = () => envelope(500, 'server_error', 'error', 'A server error occurred.')

/** The only answer that carries `Retry-After`. */
export const databaseUnavailable = () =>
  envelope(503, 'server_error', 'database_unavailable', 'The database is temporarily unavailable.', null, { 'Retry-After': '1' })
