import { AsyncLocalStorage } from 'node:async_hooks'

const current = new AsyncLocalStorage<string>()

/** The id of the request that is being answered; undefined outside of one. */
export function requestId(): string | undefined {
  return current.getStore()
}

/** Runs work as part of the request with this id. */
export function withRequestId<Result>(id: string, work: () => Result): Result {
  return current.run(id, work)
}
