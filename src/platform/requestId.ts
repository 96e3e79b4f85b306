import { AsyncLocalStorage } from 'node:async_hooks'

const requestIdStorage = new AsyncLocalStorage<string>()

/** Returns the id of the current request. Undefined outside of requests. */
export function requestId(): string | undefined {
  return requestIdStorage.getStore()
}

/** Runs work as part of the request with this id. */
export function withRequestId<Result>(id: string, work: () => Result): Result {
  return requestIdStorage.run(id, work)
}
