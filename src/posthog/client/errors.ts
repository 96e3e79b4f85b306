import { asObject, isObject } from '../../platform/json.ts'
import { UpstreamError, type UpstreamErrorKind } from '../../platform/upstreamError.ts'

/** An answer of PostHog whose status is an error. */
export interface ErrorAnswer {
  status: number
  /** The header `Retry-After`. */
  retryAfter: string | null
  /** The header `Date`: the time on the clock that a time in `Retry-After` is of. */
  date: string | null
  /** The parsed body. Undefined if it is not JSON. */
  body: unknown
  /** Whether the request was a write. Otherwise it changed nothing, whatever its method. */
  isWrite: boolean
  /** `GET /api/…`, for the message. */
  request: string
}

/** How long to wait after a refusal for too many requests that does not say it, in seconds. */
const defaultThrottleWait = 60
/** Nobody waits longer because of one answer: a wrong one would stop the link. */
const maxRetryAfter = 3_600

const kinds: Readonly<Record<number, UpstreamErrorKind>> = {
  400: 'invalid',
  401: 'unauthenticated',
  402: 'payment_required',
  403: 'forbidden',
  404: 'not_found',
  405: 'no_endpoint',
  409: 'conflict',
  422: 'invalid',
  429: 'throttled',
}
/** Codes that tell what the status does not. */
const kindsByCode: Readonly<Record<string, UpstreamErrorKind>> = {
  approval_required: 'approval_required',
  change_request_pending: 'change_request_pending',
  policy_conflict: 'policy_conflict',
}

/** What PostHog answers where it has no such address. A row that is not there is `Not found.` */
const noEndpoint = 'Endpoint not found.'

/** Converts an answer with an error. The message is PostHog's own, where it has one. */
export function toUpstreamError(answer: ErrorAnswer): UpstreamError {
  const { status, body, isWrite, request } = answer
  if (isForeign(answer)) {
    return new UpstreamError(
      `The answer to ${request} (${status}) is not PostHog's. A proxy may stand before it, or the host is another one.`,
      {
        kind: 'malformed',
        status,
        outcomeUnknown: isWrite,
        body,
      },
    )
  }
  const fields = asObject(body) ?? {}
  const code = textOf(fields.code)
  const kind = kindsByCode[code ?? ''] ?? kindOf(answer)
  const text = messageOf(body)
  return new UpstreamError(`PostHog answered ${status} to ${request}${text === null ? '.' : `: ${text}`}`, {
    kind,
    status,
    code,
    attr: textOf(fields.attr),
    retryAfter: retryAfterOf(kind, answer, text),
    // A request that was refused was not carried out. One that failed may have been.
    outcomeUnknown: kind === 'unavailable',
    body,
  })
}

/**
 * Whether a refusal is not PostHog's: it is a page, or JSON of another form. A proxy knows nothing of keys and rows, so that its word passes: it
 * stops no link, takes no list away, and deletes nothing. PostHog refuses in JSON, also where it has no such address.
 */
function isForeign({ status, body, isWrite }: ErrorAnswer): boolean {
  if (status >= 500 || status === 429) return false
  const { type, code, detail, error } = asObject(body) ?? {}
  if (textOf(type) !== null && textOf(code) !== null) return false
  if (!isWrite || status === 401) return true
  // Some refusals of writes are written by hand (posthog-rest.md 1.4).
  if (status === 409) return textOf(code) === null
  if (textOf(detail) !== null) return false
  return status !== 400 || (textOf(error) === null && !namesFields(body))
}

/** Whether an error is by field, as `{"tags": ["This field is required."]}`, or a list of texts. */
function namesFields(body: unknown): boolean {
  if (Array.isArray(body)) return textOf(body[0]) !== null
  return Object.values(asObject(body) ?? {}).some((value) => typeof value === 'object' && value !== null)
}

function kindOf({ status, body }: ErrorAnswer): UpstreamErrorKind {
  if (status === 404 && asObject(body)?.detail === noEndpoint) return 'no_endpoint'
  if (status >= 500) return 'unavailable'
  return kinds[status] ?? (status < 400 ? 'malformed' : 'invalid')
}

/** The text of an error. There are four forms (posthog-rest.md 1.4), and answers of proxies, which have none. */
export function messageOf(body: unknown): string | null {
  if (Array.isArray(body)) return textOf(body[0])
  if (!isObject(body)) return null
  const { detail, error, message, non_field_errors: general } = body
  const text = textOf(detail) ?? textOf(error) ?? textOf(message) ?? (Array.isArray(general) ? textOf(general[0]) : null)
  if (text !== null) return text.slice(0, 1_000)
  // Errors by field, as `{"tags": ["This field is required."]}`.
  const [field, first] = Object.entries(body)[0] ?? []
  const value = Array.isArray(first) ? textOf(first[0]) : textOf(first)
  return value === null || field === undefined ? null : `${field}: ${value.slice(0, 1_000)}`
}

/** Seconds to wait: of the header, else the number in the text, else a minute where there were too many requests. */
function retryAfterOf(kind: UpstreamErrorKind, { retryAfter, date, status }: ErrorAnswer, text: string | null): number | null {
  if (kind !== 'throttled' && status !== 503) return null
  const header = secondsOf(retryAfter, date)
  const [, written] = /available in (\d{1,6}) seconds?/.exec(text ?? '') ?? []
  const seconds = header ?? (written === undefined ? null : Number(written))
  if (seconds !== null) return Math.min(seconds, maxRetryAfter)
  return kind === 'throttled' ? defaultThrottleWait : null
}

/** The header is a number of seconds, or a time (RFC 9110, 10.2.3). */
function secondsOf(retryAfter: string | null, date: string | null): number | null {
  if (retryAfter === null) return null
  if (/^\d{1,6}$/.test(retryAfter.trim())) return Number(retryAfter)
  const seconds = Math.ceil((Date.parse(retryAfter) - Date.parse(date ?? '')) / 1_000)
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
