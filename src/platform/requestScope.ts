import { AsyncLocalStorage } from 'node:async_hooks'
import type { OperationActivity, RequestActivity, StatementTally } from './activity.ts'

/** The request that code runs for. */
export interface RequestScope {
  id: string
  /** What is recorded of the request and of its current operation; null if nobody observes the service. */
  request: RequestActivity | null
  operation: OperationActivity | null
  /** Where statements are counted. */
  tallies: readonly StatementTally[]
}

const storage = new AsyncLocalStorage<RequestScope>()

/** Returns the scope of the current request. Undefined outside of requests. */
export function requestScope(): RequestScope | undefined {
  return storage.getStore()
}

/** Returns the id of the current request. Undefined outside of requests. */
export function requestId(): string | undefined {
  return storage.getStore()?.id
}

/** Runs work in the scope of a request. */
export function inScope<Result>(scope: RequestScope, work: () => Result): Result {
  return storage.run(scope, work)
}

const noTallies: readonly StatementTally[] = []

/** A scope of which nothing is recorded. */
export function unobservedScope(id: string): RequestScope {
  return { id, request: null, operation: null, tallies: noTallies }
}

/** Runs work in a scope of its own, of which nothing is recorded. */
export function withRequestId<Result>(id: string, work: () => Result): Result {
  return storage.run(unobservedScope(id), work)
}

/** Runs work that several requests share. Its statements count for each of them. Log lines name the first. */
export function inSharedScope<Result>(scopes: readonly (RequestScope | undefined)[], work: () => Result): Result {
  const observed = scopes.filter((scope) => scope !== undefined && scope.tallies.length > 0) as RequestScope[]
  const [first] = observed
  if (first === undefined) return work()
  const tallies = [...new Set(observed.flatMap((scope) => scope.tallies))]
  return storage.run({ ...first, tallies }, work)
}
