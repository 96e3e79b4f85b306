import { LRUCache } from 'lru-cache'

/** At most this many points in each window of so many seconds. */
export interface Limit {
  name: string
  points: number
  seconds: number
}

/** What an operation takes from the limit of a key or an address. */
export interface Demand {
  limit: Limit
  key: string
  points: number
}

/** The state of a limit after a demand. `resetAt` is in milliseconds. It is exceeded if more was used than it has. */
export interface LimitState {
  limit: Limit
  used: number
  resetAt: number
}

interface Window {
  used: number
  resetAt: number
}

/** How many windows are kept. With more clients than that, those that were quiet for longest begin anew. */
const maxWindows = 100_000

/**
 * Counts in the memory of this server. Not the memory limiter of `rate-limiter-flexible`, because that needs a promise and a timer for each
 * count, keeps any number of keys, and has a clock of its own.
 */
export class FixedWindows {
  // A size instead of `max`, which takes the memory of all entries at once.
  readonly #windows = new LRUCache<string, Window>({ maxSize: maxWindows, sizeCalculation: () => 1 })

  consume({ limit, key, points }: Demand, now: number): LimitState {
    const id = `${limit.name} ${key}`
    let window = this.#windows.get(id)
    if (window === undefined || window.resetAt <= now) {
      window = { used: 0, resetAt: now + limit.seconds * 1_000 }
      this.#windows.set(id, window)
    }
    window.used += points
    return { limit, used: window.used, resetAt: window.resetAt }
  }
}
