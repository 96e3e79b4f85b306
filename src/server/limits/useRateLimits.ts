import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { isAsyncIterable, type Plugin, type YogaInitialContext } from 'graphql-yoga'
import { parseBearerToken } from '../../auth/apiKey.ts'
import type { Authentication } from '../../auth/authenticate.ts'
import type { Context } from '../../graphql/context.ts'
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

/**
 * Counts each operation, also in batches: for its key, or for the address of the client if it has no valid key. An operation without any key
 * is counted before it is parsed. The answer has `RateLimit-…` headers of the limit that is nearest to its end.
 */
export function useRateLimits({ limits, config, authenticate }: RateLimitOptions): Plugin<Context> {
  const addressOf = createAddressReader(config.trustedProxies)
  const reported = new WeakMap<Request, LimitState>()
  const counted = new WeakSet<object>()

  const remaining = ({ limit, used }: LimitState) => Math.max(limit.points - used, 0)
  const shareLeft = (state: LimitState) => remaining(state) / state.limit.points
  const secondsToReset = ({ resetAt }: LimitState) => Math.max(Math.ceil((resetAt - limits.now()) / 1_000), 1)

  /** Keeps what the answer reports, and returns the error if a limit is exceeded. */
  function settle(request: Request, states: readonly LimitState[]): RateLimitedError | null {
    let retryAfter = 0
    for (const state of states) {
      const nearest = reported.get(request)
      if (nearest === undefined || shareLeft(state) < shareLeft(nearest)) reported.set(request, state)
      if (state.used > state.limit.points) retryAfter = Math.max(retryAfter, secondsToReset(state))
    }
    return retryAfter === 0 ? null : new RateLimitedError(retryAfter)
  }

  const anonymousDemand = (context: object): Demand => ({ limit: limits.anonymous, key: addressOf(context as NodeContext), points: 1 })
  const requestDemands = (key: string): Demand[] => [limits.minute, limits.hour].map((limit) => ({ limit, key, points: 1 }))

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
    counted.add(context)
    const { points, mutations } = operationCost(args.schema, args.document, args.operationName, args.variableValues ?? {})
    return then(limits.consume(operationDemands(context, points, mutations)), (states) => {
      const error = settle(context.request, states)
      if (error !== null) stop({ errors: [error] })
      return context.request.headers.get(costHeader) === '1' ? { onExecuteDone: reportCost(points, states) } : undefined
    })
  }

  async function countInvalid(request: Request, context: object): Promise<RateLimitedError | null> {
    const { viewer } = await authenticate(request)
    return settle(request, await limits.consume(viewer === null ? [anonymousDemand(context)] : requestDemands(viewer.keyHash)))
  }

  function reportCost(requested: number, states: readonly LimitState[]) {
    const state = states.find(({ limit }) => limit === limits.cost)
    return ({ args, result, setResult }: { args: ExecutionArgs; result: unknown; setResult(result: ExecutionResult): void }) => {
      if (isAsyncIterable(result)) return
      const { data, extensions, ...rest } = result as ExecutionResult
      const cost = {
        requested,
        actual: actualCost(args, data),
        limit: state?.limit.points ?? null,
        remaining: state === undefined ? null : remaining(state),
        resetAt: state === undefined ? null : new Date(state.resetAt).toISOString(),
      }
      setResult({ ...rest, ...(data === undefined ? {} : { data }), extensions: { ...extensions, cost } })
    }
  }

  return {
    onParams: ({ request, context }) => {
      if (hasKey(request)) return
      return then(limits.consume([anonymousDemand(context)]), (states) => {
        const error = settle(request, states)
        if (error !== null) throw error
      })
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
      return countInvalid(request, context).then(refuse, () => {})
    },
    onResponse: ({ request, response }) => {
      const state = reported.get(request)
      if (state === undefined) return
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
