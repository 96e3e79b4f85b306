import { AsyncLocalStorage } from 'node:async_hooks'

const requestIdStorage = new AsyncLocalStorage<string>()

/** The id of the request that is being answered; undefined outside of one. */
export function requestId(): string | undefined {
  return requestIdStorage.getStore()
}

/** Runs work as part of the request with this id. */
export function withRequestId<Result>(id: string, work: () => Result): Result {
  return requestIdStorage.run(id, work)
}
