import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseServer } from '../data/database.ts'
import { openSession } from '../data/session.ts'
import { percentile, rounded, startProgram } from './program.ts'
import { linkedService } from './service.ts'
import type { StandInCounts, StandInReady } from './standIn.ts'

export interface FollowingFigures {
  projects: number
  flagsPerProject: number
  ownKeys: boolean
  minutes: number
  changes: number
  /** Changes that were not shown when the time was over. */
  open: number
  /** Requests a minute, and those that PostHog refused. */
  requestsPerMinute: number
  refused: number
  /** Seconds from a change to its showing. */
  p50: number
  p99: number
  /** CPU milliseconds a minute. */
  cpuPerMinute: number
  rss: number
}

/** Follows projects of which one flag in a hundred changes each minute, with PostHog's limits. */
export async function measureFollowing(
  databases: DatabaseServer,
  { projects, minutes, ownKeys, log }: { projects: number; minutes: number; ownKeys: boolean; log: (line: string) => void },
): Promise<FollowingFigures> {
  const flags = 100
  const args = { projects, flags, experiments: 5, ownKeys, throttling: false, latency: 0 }
  const standIn = await startProgram<StandInReady>('standIn.ts', args)
  const database = await databases.create('following')
  const service = await linkedService(database.url, standIn.ready, { mode: 'MIRROR', limits: true, log })
  const session = await openSession(database.url)
  try {
    await standIn.ask<StandInCounts>({ do: 'forget', throttling: true })
    const before = await service.server.usage()
    const changedAt = new Map<string, number>()
    const delays: number[] = []
    const began = performance.now()
    const passed = () => (performance.now() - began) / 60_000
    const perMinute = (projects * flags) / 100
    let changes = 0
    // The last changes get time to arrive.
    const settle = ownKeys ? 0.5 : Math.min(7, minutes / 2)
    while (passed() < minutes + settle && (passed() < minutes || changedAt.size > 0)) {
      const due = Math.min(perMinute * minutes, Math.floor(passed() * perMinute) + 1) - changes
      if (due > 0) {
        const { names } = await standIn.ask<StandInCounts>({ do: 'change', count: due })
        for (const name of names) changedAt.set(name, performance.now())
        changes += due
      }
      const { rows } = await session.query<{ name: string }>('SELECT name FROM feature_flags WHERE name = ANY ($1)', [
        [...changedAt.keys()],
      ])
      for (const { name } of rows) {
        delays.push((performance.now() - (changedAt.get(name) ?? 0)) / 1_000)
        changedAt.delete(name)
      }
      await sleep(250)
    }
    const spent = passed()
    const after = await service.server.usage()
    const { requests, refused } = await standIn.ask<StandInCounts>({ do: 'count' })
    return {
      ...{ projects, flagsPerProject: flags, ownKeys, minutes, changes, open: changedAt.size },
      ...{
        requestsPerMinute: rounded(requests / spent),
        refused,
        p50: rounded(percentile(delays, 0.5)),
        p99: rounded(percentile(delays, 0.99)),
      },
      ...{ cpuPerMinute: rounded((after.cpu - before.cpu) / spent), rss: after.rss },
    }
  } finally {
    await session.end()
    await service.stop()
    standIn.stop()
    await database.drop()
  }
}
