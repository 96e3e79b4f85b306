import { openServer } from '../data/database.ts'
import { prepareForPeers } from '../data/forPeers.ts'
import { load } from '../data/load.ts'
import { progressBar } from '../data/progress.ts'
import { queriedProjects, quickSize, type Size, sizes } from '../data/sizes.ts'
import { measureIdle } from '../measure/atRest.ts'
import { watchDatabase } from '../measure/databaseCpu.ts'
import { startLoader } from '../measure/load.ts'
import { type Measuring, measureInterleaved, warmUp } from '../measure/round.ts'
import { assertSameAnswers } from '../measure/sameAnswers.ts'
import type { Operation } from '../operations/operation.ts'
import { describeMachine } from '../report/machine.ts'
import { goalsTable, operationTable } from '../report/print.ts'
import { store } from '../report/store.ts'
import { joined, type RunningServer, startServer } from '../servers/start.ts'
import { findDistinctFacts } from './facts.ts'
import { evaluateDistinctGoals } from './goals.ts'
import { type DistinctOperation, distinctOperations, type Peer } from './operations.ts'
import type { DistinctFigures, DistinctResults, DistinctSize } from './results.ts'

interface Options {
  size: Size['name'][]
  operations?: string[]
  clients: number[]
  seconds: number
  rounds: number
  quick?: boolean
  json?: boolean
}

/** The smallest operation, for what a request costs by itself. */
const smallest: Operation<'ours' | 'yoga', null> = {
  id: 'T',
  title: '{ __typename }, with a key, beside GraphQL Yoga alone without one',
  ask: { ours: () => [{ query: '{ __typename }' }], yoga: () => [{ query: '{ __typename }' }] },
  read: { ours: (data) => data, yoga: (data) => data },
}

/** Measures requests of which no two are alike, with one client and with many, and stores the results unless the run is quick. */
export async function runDistinct(options: Options): Promise<void> {
  const say = (text: string) => (options.json ? process.stderr : process.stdout).write(`${text}\n`)
  const settings = options.quick
    ? { seconds: 0.5, rounds: 1, quick: true }
    : { seconds: options.seconds, rounds: options.rounds, quick: false }
  const server = await openServer(process.env.BENCH_DATABASE_URL)
  try {
    const results: DistinctResults = { machine: describeMachine(server.description), settings, goals: [], atRest: null, sizes: {} }
    for (const name of new Set(options.size)) {
      say(`\n${name}\n`)
      const database = await server.create(name)
      const size = options.quick ? quickSize(sizes[name]) : sizes[name]
      await load(database.url, size, progressBar())
      await prepareForPeers(database.url)
      results.atRest ??= await measureIdle(database.url, options.quick ? 1 : 3)
      results.sizes[name] = await measureSize(database.url, size, options, settings, say)
      await database.drop()
      results.goals = evaluateDistinctGoals(results)
      // Stored after each size, so that an interrupted run keeps its results.
      if (!options.quick) await store('distinct.json', results)
    }
    say(goalsTable(results.goals))
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  } finally {
    await server.close()
  }
}

async function measureSize(
  url: string,
  size: Size,
  { clients, operations }: Options,
  settings: DistinctResults['settings'],
  say: (text: string) => void,
): Promise<DistinctSize> {
  const loader = startLoader()
  const watch = await watchDatabase(url)
  const ours = await startServer('ours', url)
  const peers: RunningServer<Peer>[] = [ours, await startServer('ceiling', url), await startServer('postgraphile', url)]
  const [second, yoga] = [await startServer('ours', url), await startServer('yoga', url)]
  try {
    const measuring = (connections: number): Measuring => ({ loader, database: watch, connections, ...settings })
    const facts = await findDistinctFacts(url, queriedProjects(size), [ours, ...peers.slice(1)])
    const chosen = distinctOperations.filter(({ id }) => operations?.includes(id) ?? true)
    for (const operation of chosen) await assertSameAnswers(operation, facts, peers, 50)
    const found: DistinctSize = {}
    const keep = (id: string, title: string, connections: number, figures: DistinctFigures) => {
      found[id] ??= { title, clients: {} }
      found[id].clients[connections] = { ...found[id].clients[connections], ...figures }
      say(operationTable(`${id}, ${connections} ${connections === 1 ? 'client' : 'clients'}`, { title, systems: figures }))
    }
    if (!settings.quick) await warmUp(measuring(32), peers, chosen[0] as DistinctOperation, facts)
    for (const operation of chosen) {
      for (const connections of clients) {
        const { systems } = await measureInterleaved(measuring(connections), operation, facts, peers)
        keep(operation.id, operation.title, connections, systems)
      }
    }
    for (const connections of clients) {
      const { systems } = await measureInterleaved<'ours' | 'yoga', null>(measuring(connections), smallest, null, [ours, yoga])
      keep(smallest.id, smallest.title, connections, systems)
    }
    const both = joined([ours, second])
    for (const operation of chosen.filter(({ id }) => id === 'Z')) {
      for (const connections of clients.filter((count) => count > 1)) {
        const { systems } = await measureInterleaved(measuring(connections), operation, facts, [both] as RunningServer<Peer>[])
        keep(operation.id, operation.title, connections, systems.ours === undefined ? {} : { two: systems.ours })
      }
    }
    return found
  } finally {
    loader.stop()
    for (const server of [...peers, second, yoga]) await server.stop()
    await watch.close()
  }
}
