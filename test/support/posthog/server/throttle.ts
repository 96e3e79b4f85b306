import { createHash } from 'node:crypto'
import type { Route } from './router.ts'

export interface Limit {
  requests: number
  seconds: number
}

export type Limits = Record<'default' | 'query', readonly Limit[]>

export const limits: Limits = {
  default: [
    { requests: 480, seconds: 60 },
    { requests: 4_800, seconds: 3_600 },
  ],
  query: [{ requests: 120, seconds: 3_600 }],
}

/** Counts the requests of each key, wherever it is used. Keys of one user have budgets of their own. */
export class Throttle {
  readonly limits: Limits
  readonly #times = new Map<string, number[]>()

  constructor(of: Partial<Limits> = {}) {
    this.limits = { ...limits, ...of }
  }

  /** Counts a request. Returns the seconds to wait if it is refused, which counts nothing in the limit that refuses it. */
  count(token: string, rate: Route['rate'], now: Date): number | null {
    const hash = createHash('sha256').update(token).digest('hex')
    const waits = this.limits[rate ?? 'default'].flatMap(({ requests, seconds }) => {
      const name = `${hash} ${rate ?? 'default'} ${seconds}`
      const times = (this.#times.get(name) ?? []).filter((time) => time > now.getTime() - seconds * 1_000)
      this.#times.set(name, times)
      if (times.length < requests) {
        times.push(now.getTime())
        return []
      }
      return [Math.ceil(((times[0] ?? 0) + seconds * 1_000 - now.getTime()) / 1_000)]
    })
    return waits.length === 0 ? null : Math.max(...waits)
  }
}
