import type { Operation } from '../operations/operation.ts'
import type { RunningServer } from '../servers/start.ts'
import type { Program, System } from '../servers/systems.ts'
import { headers } from './ask.ts'
import { cpuBetween, type DatabaseCpu } from './databaseCpu.ts'
import type { Loader } from './load.ts'

/** The figures of one system for one operation. Times are in milliseconds, memory in bytes. */
export interface Figures {
  /** CPU per request. `database` and `sum` are null when the database's share cannot be measured. */
  cpu: { server: number; database: number | null; sum: number | null }
  requestsPerSecond: number
  p50: number
  p99: number
  rss: number
  requests: number
}

export interface Measuring {
  loader: Loader
  database: DatabaseCpu
  connections: number
  /** The length of a round, in seconds. */
  seconds: number
  rounds: number
}

/** Measures one server for a while. */
export async function measureOnce(
  { loader, database, connections }: Measuring,
  server: RunningServer<Program>,
  bodies: readonly object[],
  milliseconds: number,
  atLeast = 0,
): Promise<Figures> {
  const [before, databaseBefore] = await Promise.all([server.usage(), database.read()])
  const load = {
    urls: server.urls ?? [server.url],
    bodies: bodies.map((body) => JSON.stringify(body)),
    headers,
    connections,
    milliseconds,
    atLeast,
  }
  const { requests, seconds, p50, p99 } = await loader.run(load)
  const [after, databaseAfter] = await Promise.all([server.usage(), database.read()])
  const used = cpuBetween(databaseBefore, databaseAfter)
  const cpu = { server: (after.cpu - before.cpu) / requests, database: used === null ? null : used / requests }
  return {
    cpu: { ...cpu, sum: cpu.database === null ? null : cpu.server + cpu.database },
    requestsPerSecond: requests / seconds,
    p50,
    p99,
    rss: after.rss,
    requests,
  }
}

/** Sends requests until V8 has compiled the code of the servers, as in a server that has run for long. */
export async function warmUp<Of extends Program, Inputs>(
  measuring: Measuring,
  servers: readonly RunningServer<Of>[],
  operation: Operation<Of, Inputs>,
  facts: Inputs,
) {
  for (const server of servers) await measureOnce(measuring, server, operation.ask[server.system](facts), 5_000, 3_000)
}

/** The figures of all systems for one operation. */
export interface Measured<Of extends Program = System> {
  systems: Partial<Record<Of, Figures>>
  /** The figures of our service for another request, to compare with. */
  beside?: Figures & { title: string }
  /** The figures of another checkout of our service. */
  other?: Figures
}

/** Measures all servers in short turns, and returns the median of the rounds of each. */
export async function measureInterleaved<Of extends Program, Inputs>(
  measuring: Measuring,
  operation: Operation<Of, Inputs>,
  facts: Inputs,
  servers: readonly RunningServer<Of>[],
): Promise<Measured<Of>> {
  const { beside, ask } = operation
  const milliseconds = measuring.seconds * 1_000
  const targets = servers.flatMap((server) => {
    const own = { server, bodies: ask[server.system](facts), isBeside: false }
    return beside && server.system === 'ours' && !server.isOther ? [own, { server, bodies: beside.ask(facts), isBeside: true }] : [own]
  })
  const turns: ((typeof targets)[number] & { rounds: number; found: Figures[] })[] = []
  for (const one of targets) {
    const { p50 } = await measureOnce(measuring, one.server, one.bodies, milliseconds / 2, 300)
    // If one response takes longer than a round, the round still waits for all of its requests. One such round is enough.
    turns.push({ ...one, rounds: p50 > milliseconds ? 1 : measuring.rounds, found: [] })
  }
  for (let round = 0; round < measuring.rounds; round++) {
    for (const { server, bodies, rounds, found } of turns) {
      if (round < rounds) found.push(await measureOnce(measuring, server, bodies, milliseconds))
    }
  }
  const measured: Measured<Of> = { systems: {} }
  for (const { server, isBeside, found } of turns) {
    if (isBeside) measured.beside = { title: beside?.title ?? '', ...medianFigures(found) }
    else if (server.isOther) measured.other = medianFigures(found)
    else measured.systems[server.system] = medianFigures(found)
  }
  return measured
}

export function medianFigures(rounds: readonly Figures[]): Figures {
  const of = (value: (figures: Figures) => number) => median(rounds.map(value))
  const measurable = rounds.every(({ cpu }) => cpu.database !== null)
  const server = of(({ cpu }) => cpu.server)
  const database = measurable ? of(({ cpu }) => cpu.database ?? 0) : null
  return {
    cpu: { server, database, sum: database === null ? null : server + database },
    requestsPerSecond: of(({ requestsPerSecond }) => requestsPerSecond),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    rss: of(({ rss }) => rss),
    requests: rounds.reduce((sum, { requests }) => sum + requests, 0),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
