import { type Dispatcher, errors, request } from 'undici'
import type { z } from 'zod'
import type { Observer, UpstreamRequest } from '../../platform/activity.ts'
import { errorMessage } from '../../platform/operatorError.ts'
import { UpstreamError } from '../../platform/upstreamError.ts'
import type { Connections } from './connections.ts'
import { toUpstreamError } from './errors.ts'
import { AnswerTooLarge, parseText, readText } from './readAnswer.ts'
import { anotherShape, retryDelay, type Timing, timedOut, tooLarge } from './retries.ts'

/** What a request is for. Writes go first: a third of the budget is theirs alone. Queries of events have a budget of their own. */
export type Purpose = 'write' | 'follow' | 'copy' | 'query'

/** Counts the requests of a key, for all who share it. */
export interface Budget {
  /** Waits until a request may be sent. */
  take(purpose: Purpose, signal: AbortSignal | undefined): Promise<void>
  /** PostHog refuses the key for a while. */
  block(seconds: number): Promise<void>
}

/** Names this service in PostHog's logs, and in the column `client` of its activity log. */
export const clientName = 'experiments-graph'

export interface ClientOptions {
  connections: Connections
  /** An origin. */
  host: string
  key: string
  budget: Budget
  timing: Timing
  timeoutSeconds: number
  purpose?: Purpose
  signal?: AbortSignal | undefined
  /** How often a request is tried at most. */
  attempts?: number
  observer?: Observer | undefined
}

export type QueryValues = Readonly<Record<string, string | number | boolean>>

interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: QueryValues | undefined
  body?: unknown
  /** Whether it may be repeated without harm. By default, only reads may. */
  repeatable?: boolean
}

const isRepeatable = ({ repeatable, method }: Call) => repeatable ?? method === 'GET'

/** An answer. `date` is PostHog's clock, or null if it does not say. */
export interface Answer<Body = unknown> {
  status: number
  body: Body
  date: Date | null
}

/** A client of PostHog's REST API with one key. */
export interface PostHogClient {
  /** @throws UpstreamError */
  get<Body>(path: string, shape: z.ZodType<Body>, query?: QueryValues): Promise<Answer<Body>>
  /** A write. It is repeated only if nothing was done, or if it is said to be repeatable. */
  send(call: Call): Promise<Answer>
  /** The same client for another purpose, with another signal, or with other limits. */
  with(changes: Partial<Pick<ClientOptions, 'purpose' | 'signal' | 'attempts' | 'timeoutSeconds'>>): PostHogClient
}

const pathPattern = /^\/api\/[\w@./%-]+\/$/

export function createPostHogClient(options: ClientOptions): PostHogClient {
  const { budget, timing, purpose = 'follow', signal, attempts, observer } = options
  const attemptUntilDone = async (call: Call): Promise<Answer> => {
    const repeatable = isRepeatable(call)
    for (let attempt = 1; ; attempt++) {
      await budget.take(purpose, signal).catch((error: unknown) => {
        throw reasonOf(signal) ?? error
      })
      try {
        return await observed(observer, purpose, () => attemptOnce(options, call))
      } catch (error) {
        if (error instanceof UpstreamError && error.kind === 'throttled') await budget.block(error.retryAfter ?? 60)
        const delay = retryDelay(error, attempt, repeatable, timing.random(), attempts)
        if (delay === null || signal?.aborted) throw error
        await timing.wait(delay, signal).catch((refusal: unknown) => {
          // Whoever does not wait so long hears what the fault is.
          throw refusal instanceof UpstreamError || reasonOf(signal) !== null ? error : refusal
        })
      }
    }
  }
  return {
    get: async (path, shape, query) => {
      const answer = await attemptUntilDone({ method: 'GET', path, query })
      const { data, error } = shape.safeParse(answer.body)
      if (error === undefined) return { ...answer, body: data }
      const [issue] = error.issues
      throw new UpstreamError(
        `PostHog's answer to GET ${path} has another shape: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
        {
          kind: 'malformed',
          status: answer.status,
          code: anotherShape,
        },
      )
    },
    send: attemptUntilDone,
    with: (changes) => createPostHogClient({ ...options, ...changes }),
  }
}

/** Why requests were ended, if that is told to a caller. Waiting says only that they were. */
function reasonOf(signal: AbortSignal | undefined): UpstreamError | null {
  return signal?.reason instanceof UpstreamError ? signal.reason : null
}

/** Tells an observer what came of an attempt. One that was given up is not told of. */
async function observed<Result>(observer: Observer | undefined, purpose: Purpose, attempt: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now()
  const tell = (outcome: UpstreamRequest['outcome']) =>
    observer?.onUpstreamRequest?.({ purpose, outcome, durationMs: performance.now() - startedAt })
  try {
    const result = await attempt()
    tell('ok')
    return result
  } catch (error) {
    if (error instanceof UpstreamError) {
      const isFailure = error.kind === 'unavailable' || error.kind === 'malformed'
      tell(error.kind === 'throttled' ? 'throttled' : isFailure ? 'failed' : 'refused')
    }
    throw error
  }
}

async function attemptOnce({ connections, host, key, timeoutSeconds, signal }: ClientOptions, call: Call): Promise<Answer> {
  const { method, path, query, body } = call
  if (!pathPattern.test(path)) throw new Error(`'${path}' is not a path of PostHog's API.`)
  const url = new URL(path, host)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value))
  const name = `${method} ${path}`
  // Each wait of undici is for one packet. This one is for the whole answer.
  const limit = AbortSignal.timeout(timeoutSeconds * 1_000)
  const both = signal === undefined ? limit : AbortSignal.any([signal, limit])
  let answer: Dispatcher.ResponseData
  let parsed: unknown
  let text: string
  try {
    // Redirects are not followed: they would carry the key to another host.
    answer = await request(url, {
      ...{ method, dispatcher: connections.agent(), signal: both },
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json',
        'user-agent': clientName,
        'x-posthog-client': clientName,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    text = await readText(answer.body)
    parsed = parseText(text)
  } catch (error) {
    signal?.throwIfAborted()
    throw toConnectionError(error, name, new URL(host).host, timeoutSeconds)
  }
  const { statusCode: status, headers } = answer
  if (status >= 300 && status < 400) {
    throw new UpstreamError(`PostHog redirects ${name} to another address. Name the host that answers itself.`, {
      kind: 'malformed',
      status,
    })
  }
  const sentAt = headerOf(headers.date)
  if (status >= 400) {
    const retryAfter = headerOf(headers['retry-after'])
    const isWrite = !isRepeatable(call)
    throw toUpstreamError({ status, retryAfter, date: sentAt, body: parsed, isWrite, request: name })
  }
  // Only a deletion says nothing.
  const maySayNothing = text === '' && status === 204
  if (parsed === undefined && !maySayNothing) {
    throw new UpstreamError(`PostHog answered ${name} with something that is not JSON, or that is cut off. Is the host right?`, {
      kind: 'malformed',
      status,
      outcomeUnknown: method !== 'GET',
    })
  }
  const date = Date.parse(sentAt ?? '')
  return { status, body: parsed, date: Number.isNaN(date) ? null : new Date(date) }
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** Codes of connections that were never made: nothing was sent. */
const neverConnected = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']

function toConnectionError(error: unknown, name: string, host: string, timeoutSeconds: number): UpstreamError {
  if (error instanceof UpstreamError) return error
  const { code = '' } = error as NodeJS.ErrnoException
  if (error instanceof errors.ResponseExceededMaxSizeError || error instanceof AnswerTooLarge) {
    return new UpstreamError(`PostHog's answer to ${name} is too large.`, {
      kind: 'malformed',
      code: tooLarge,
      outcomeUnknown: !name.startsWith('GET '),
      cause: error,
    })
  }
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || /TIMEOUT/.test(code))
  const reason = isTimeout ? `it did not answer within ${timeoutSeconds} seconds` : errorMessage(error)
  return new UpstreamError(`PostHog at ${host} cannot be reached (${name}): ${reason}.`, {
    kind: 'unavailable',
    code: isTimeout ? timedOut : null,
    outcomeUnknown: !neverConnected.includes(code),
    cause: error,
  })
}
