import { AsyncLocalStorage } from 'node:async_hooks'

/** A request that can be cancelled. */
export interface Cancellable {
  /** Aborted when the request's time is up, or its caller has left. It then starts no further statement. */
  signal: AbortSignal
  /** When its time is up, on the clock of `performance`. */
  endsAt: number
  /** Whether part of its work is finished nevertheless. */
  goesOn: boolean
}

const requests = new AsyncLocalStorage<Cancellable>()

/** Runs the work of a request that can be cancelled. */
export function withCancellation<Result>(request: Cancellable, work: () => Result): Result {
  return requests.run(request, work)
}

/** Runs work that is finished although its request is cancelled: a change that another service has been told of. */
export function uninterrupted<Result>(work: () => Result): Result {
  const request = requests.getStore()
  if (request !== undefined) request.goesOn = true
  return requests.run({ signal: new AbortController().signal, endsAt: Number.POSITIVE_INFINITY, goesOn: true }, work)
}

/** The signal of the current request. Undefined outside of requests. */
export function cancellation(): AbortSignal | undefined {
  return requests.getStore()?.signal
}

/** What is left of the time of the current request, in milliseconds. Infinite outside of requests. */
export function remainingMs(): number {
  return (requests.getStore()?.endsAt ?? Number.POSITIVE_INFINITY) - performance.now()
}
