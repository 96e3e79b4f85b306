/** Why a request to PostHog failed. */
export type UpstreamErrorKind =
  /** The key is missing, wrong or revoked (401). */
  | 'unauthenticated'
  /** The key lacks a scope, or its owner may not do this (403). */
  | 'forbidden'
  /** There is no such row, or the key's owner may not see it (404). */
  | 'not_found'
  /** There is no such address, or it takes no such request (404 with a text of its own, 405). */
  | 'no_endpoint'
  /** The input is invalid, or the row's state does not allow the request (400). */
  | 'invalid'
  /** Somebody else changed the same values (409). */
  | 'conflict'
  | 'approval_required'
  | 'change_request_pending'
  | 'policy_conflict'
  /** The organization has not paid for the feature (402). */
  | 'payment_required'
  /** Too many requests (429). */
  | 'throttled'
  /** PostHog failed or did not answer (5xx, a lost connection, a time-out). */
  | 'unavailable'
  /** The answer is not what PostHog's API answers: HTML, cut JSON, or another shape, also with a status such as 403. It passes. */
  | 'malformed'
  /** The host is not allowed: it is private, or not https. */
  | 'host_refused'

interface UpstreamErrorDetails {
  kind: UpstreamErrorKind
  /** Null without an answer. */
  status?: number | null
  /** PostHog's code, such as `unique`. */
  code?: string | null
  /** The field at fault, with `__` between the names of nested ones. */
  attr?: string | null
  /** Seconds until it makes sense to try again. Null if nobody said. */
  retryAfter?: number | null
  /** Whether the request may have been carried out all the same. */
  outcomeUnknown?: boolean
  /** Whether somebody asked for events, and not for a change. */
  isQuery?: boolean
  /** The parsed answer. It can contain names and addresses of people: do not show it. */
  body?: unknown
  cause?: unknown
}

/** A request to PostHog failed. The message is a sentence for people, and contains no key. */
export class UpstreamError extends Error {
  readonly kind: UpstreamErrorKind
  readonly status: number | null
  readonly code: string | null
  readonly attr: string | null
  readonly retryAfter: number | null
  readonly outcomeUnknown: boolean
  readonly isQuery: boolean
  readonly #body: unknown

  constructor(message: string, { kind, status, code, attr, retryAfter, outcomeUnknown, isQuery, body, cause }: UpstreamErrorDetails) {
    super(message, { cause })
    this.name = new.target.name
    this.kind = kind
    this.status = status ?? null
    this.code = code ?? null
    this.attr = attr ?? null
    this.retryAfter = retryAfter ?? null
    this.outcomeUnknown = outcomeUnknown ?? false
    this.isQuery = isQuery ?? false
    this.#body = body
  }

  /** The parsed answer. Not a field, so that no logger prints it. */
  get body(): unknown {
    return this.#body
  }

  /** The scope that the key lacks. Null if something else is missing. */
  get missingScope(): string | null {
    return this.kind === 'forbidden' ? (/\b([a-z_]+:(?:read|write))\b/.exec(this.message)?.[1] ?? null) : null
  }
}
