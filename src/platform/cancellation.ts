import { AsyncLocalStorage } from 'node:async_hooks'

const signals = new AsyncLocalStorage<AbortSignal>()

/** Runs work that stops when the signal is aborted: it then starts no further statement. */
export function withCancellation<Result>(signal: AbortSignal, work: () => Result): Result {
  return signals.run(signal, work)
}

/** The signal of the current request: its time is up, or its caller has left. Undefined outside of requests. */
export function cancellation(): AbortSignal | undefined {
  return signals.getStore()
}
