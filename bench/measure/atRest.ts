import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../servers/start.ts'
import { median } from './round.ts'

/** The figures of our server before its first request. */
export interface IdleFigures {
  /** Milliseconds until it accepted a connection. */
  startedIn: number
  /** Resident set in bytes, a while after the start. */
  rss: number
}

export async function measureIdle(databaseUrl: string, times: number): Promise<IdleFigures> {
  const found: IdleFigures[] = []
  for (let time = 0; time < times; time++) {
    const server = await startServer('ours', databaseUrl)
    await sleep(1_500)
    const { rss } = await server.usage()
    found.push({ startedIn: server.startedIn, rss })
    await server.stop()
  }
  return { startedIn: median(found.map(({ startedIn }) => startedIn)), rss: median(found.map(({ rss }) => rss)) }
}
