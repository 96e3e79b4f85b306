import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import { parseBearerToken } from '../../auth/apiKey.ts'
import type { Authentication } from '../../auth/authenticate.ts'
import type { Context, OperationRateLimit } from '../../graphql/context.ts'
import { RateLimitedError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'
import { actualCost } from './actualCost.ts'
import { createAddressReader, type NodeContext } from './clientAddress.ts'
import type { Demand, LimitState } from './fixedWindows.ts'
import { operationCost } from './operationCost.ts'
import type { RateLimits } from './rateLimits.ts'

interface RateLimitOptions {
  limits: RateLimits
  config: Pick<Config, 'trustedProxies' | 'maxOperationCost'>
  authenticate(request: Request): Promise<Authentication>
}

/** How much a limit allows, how much of it is left, and the seconds until it begins anew. */
export const rateLimitHeaders = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const

/** Clients that send this header with the value 1 get the cost of their operation in `extensions.cost`. */
const costHeader = 'x-graphql-cost'

/** What was counted of an HTTP request. */
interface Tally {
  /** How many of its operations were counted. A request that is no operation counts as one. */
  operations: number
  /** Whether the first operation was counted before the body was read. */
  prepaid: boolean
  /** The limit that is nearest to its end. */
  nearest: LimitState | null
}

/**
 * Counts each operation, also in batches: for its key, or for the address of the client if it has no valid key. A request without any key is
 * counted before its body is read, and one whose operation cannot be read or run when that is known. The answer has `RateLimit-…` headers of
 * the limit that is nearest to its end. This plugin comes before those that refuse requests.
 */
export function useRateLimits({ limits, config, authenticate }: RateLimitOptions): Plugin<Context> {
  const addressOf = createAddressReader(config.trustedProxies)
  const tallies = new WeakMap<Request, Tally>()
  const counted = new WeakSet<object>()

  const remaining = ({ limit, used }: LimitState) => Math.max(limit.points - used, 0)
  const shareLeft = (state: LimitState) => remaining(state) / state.limit.points
  const secondsToReset = ({ resetAt }: LimitState) => Math.max(Math.ceil((resetAt - limits.now()) / 1_000), 1)

  function tallyOf(request: Request): Tally {
    const tally = tallies.get(request) ?? { operations: 0, prepaid: false, nearest: null }
    tallies.set(request, tally)
    return tally
  }

  /** Keeps what the answer reports, and returns the error if a limit is exceeded. */
  function settle(tally: Tally, states: readonly LimitState[]): RateLimitedError | null {
    let retryAfter = 0
    for (const state of states) {
      if (tally.nearest === null || shareLeft(state) < shareLeft(tally.nearest)) tally.nearest = state
      if (state.used > state.limit.points) retryAfter = Math.max(retryAfter, secondsToReset(state))
    }
    return retryAfter === 0 ? null : new RateLimitedError(retryAfter)
  }

  const anonymousDemand = (context: object, points = 1): Demand => ({
    limit: limits.anonymous,
    key: addressOf(context as NodeContext),
    points,
  })
  const requestDemands = (key: string, points = 1): Demand[] => [limits.minute, limits.hour].map((limit) => ({ limit, key, points }))

  function operationDemands(context: Context & YogaInitialContext, points: number, mutations: number): Demand[] {
    const { viewer } = context.authentication
    if (viewer === null) return hasKey(context.request) ? [anonymousDemand(context)] : []
    const key = viewer.keyHash
    const demands = requestDemands(key)
    // An operation that is too expensive does not run.
    demands.push({ limit: limits.cost, key, points: points > config.maxOperationCost ? 0 : points })
    if (mutations > 0) demands.push({ limit: limits.mutations, key, points: mutations })
    return demands
  }

  function countOperation(args: ExecutionArgs, stop: (result: ExecutionResult) => void) {
    const context = args.contextValue as Context & YogaInitialContext
    const tally = tallyOf(context.request)
    counted.add(context)
    if (hasKey(context.request)) tally.operations++
    const { points, mutations } = operationCost(args.schema, args.document, args.operationName, args.variableValues ?? {})
    return then(limits.consume(operationDemands(context, points, mutations)), (states) => {
      const error = settle(tally, states)
      if (error !== null) stop({ errors: [error] })
      context.rateLimit = rateLimitOf(points, states)
      return context.request.headers.get(costHeader) === '1' ? { onExecuteDone: reportCost(context.rateLimit) } : undefined
    })
  }

  /** Counts operations that did not come to their execution, of a request with a key. */
  async function countInvalid(request: Request, context: object, operations: number): Promise<RateLimitedError | null> {
    const tally = tallyOf(request)
    tally.operations += operations
    const { viewer } = await authenticate(request)
    const demands = viewer === null ? [anonymousDemand(context, operations)] : requestDemands(viewer.keyHash, operations)
    return settle(tally, await limits.consume(demands))
  }

  /** Counts one operation of a request without a key. */
  function countAnonymous(tally: Tally, context: object): void | Promise<void> {
    tally.operations++
    return then(limits.consume([anonymousDemand(context)]), (states) => {
      const error = settle(tally, states)
      if (error !== null) throw error
    })
  }

  function rateLimitOf(cost: number, states: readonly LimitState[]): OperationRateLimit {
    const state = states.find(({ limit }) => limit === limits.cost)
    if (state === undefined) return { cost, limit: null, remaining: null, resetAt: null }
    return { cost, limit: state.limit.points, remaining: remaining(state), resetAt: new Date(state.resetAt) }
  }

  function reportCost({ cost: requested, limit, remaining, resetAt }: OperationRateLimit) {
    return ({ args, result, setResult }: { args: ExecutionArgs; result: unknown; setResult(result: ExecutionResult): void }) => {
      if (isAsyncIterable(result)) return
      const { data, extensions, ...rest } = result as ExecutionResult
      const cost = { requested, actual: actualCost(args, data), limit, remaining, resetAt: resetAt?.toISOString() ?? null }
      setResult({ ...rest, ...(data === undefined ? {} : { data }), extensions: { ...extensions, cost } })
    }
  }

  return {
    onRequestParse: ({ request, serverContext }) => {
      if (hasKey(request)) return
      const tally = tallyOf(request)
      tally.prepaid = true
      return countAnonymous(tally, serverContext) as undefined | Promise<undefined>
    },
    onParams: ({ request, context }) => {
      if (hasKey(request)) return
      const tally = tallyOf(request)
      if (!tally.prepaid) return countAnonymous(tally, context)
      tally.prepaid = false
    },
    onExecute: ({ args, setResultAndStopExecution }) => countOperation(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => then(countOperation(args, setResultAndStopExecution), () => undefined),
    // An operation that does not parse or is not valid did not come to its execution.
    onExecutionResult: ({ request, context, setResult }) => {
      if (counted.has(context) || !hasKey(request)) return
      const refuse = (error: RateLimitedError | null) => {
        if (error !== null) setResult({ errors: [error] })
      }
      // Where the key cannot be read, the operation has its error already.
      return countInvalid(request, context, 1).then(refuse, () => {})
    },
    // Here come the requests whose operations could not be read: a body that is no JSON or too large, an unknown document.
    onResultProcess: ({ request, serverContext, result, setResult }) => {
      if (!hasKey(request)) return
      const { operations } = tallyOf(request)
      const missing = [result].flat().length - operations
      if (missing <= 0) return
      const refuse = (error: RateLimitedError | null) => {
        // What was carried out is answered.
        if (error !== null && operations === 0) setResult({ errors: [error] })
      }
      return countInvalid(request, serverContext, missing).then(refuse, () => {})
    },
    onResponse: ({ request, response }) => {
      const state = tallies.get(request)?.nearest
      if (state == null) return
      const values = [state.limit.points, remaining(state), secondsToReset(state)]
      for (const [index, name] of rateLimitHeaders.entries()) response.headers.set(name, String(values[index]))
    },
    onDispose: () => limits.close(),
  }
}

function hasKey(request: Request): boolean {
  return parseBearerToken(request.headers.get('authorization')) !== null
}

/** Goes on at once unless there is something to wait for. */
function then<Value, Result>(value: Value | Promise<Value>, use: (value: Value) => Result): Result | Promise<Result> {
  return value instanceof Promise ? value.then(use) : use(value)
}
