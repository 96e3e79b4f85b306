import { type DatabaseServer, openServer } from './data/database.ts'
import { prepareForPeers } from './data/forPeers.ts'
import { load } from './data/load.ts'
import { progressBar } from './data/progress.ts'
import { queriedProjects, quickSize, type Size, sizes } from './data/sizes.ts'
import { type IdleFigures, measureIdle } from './measure/atRest.ts'
import { watchDatabase } from './measure/databaseCpu.ts'
import { startLoader } from './measure/load.ts'
import { measureInterleaved, warmUp } from './measure/round.ts'
import { assertSameAnswers } from './measure/sameAnswers.ts'
import { findFacts } from './operations/facts.ts'
import { operations } from './operations/operations.ts'
import { evaluateGoals } from './report/goals.ts'
import { readLatest, saveResults } from './report/keep.ts'
import { describeMachine } from './report/machine.ts'
import { goalsTable, machineLines, operationTable } from './report/print.ts'
import type { Results, SizeResults } from './report/results.ts'
import { type RunningServer, startServer } from './servers/start.ts'
import { type System, systems } from './servers/systems.ts'

interface Options {
  size?: Size['name'][]
  operations?: string[]
  systems?: System[]
  against?: string
  seconds: number
  rounds: number
  connections: number
  quick?: boolean
  json?: boolean
}

/** Runs the comparison and prints it. Stores it as the latest results, unless the run is quick. */
export async function runComparison(options: Options): Promise<void> {
  const settings = options.quick
    ? { connections: options.connections, seconds: 0.7, rounds: 1, quick: true }
    : { connections: options.connections, seconds: options.seconds, rounds: options.rounds, quick: false }
  const say = options.json ? (text: string) => process.stderr.write(`${text}\n`) : (text: string) => process.stdout.write(`${text}\n`)

  const server = await openServer(process.env.BENCH_DATABASE_URL)
  try {
    const machine = describeMachine(server.description)
    const growth = (await readLatest())?.growth ?? null
    let results: Results = { machine, settings, goals: [], atRest: null, sizes: {}, growth }
    for (const name of new Set<Size['name']>(options.size ?? ['small'])) {
      say(`\n${name}\n`)
      const size = options.quick ? quickSize(sizes[name]) : sizes[name]
      const measured = await measureSize(server, size, options, settings, say)
      const all = { atRest: results.atRest ?? measured.atRest, sizes: { ...results.sizes, [name]: measured.results } }
      results = { ...results, ...all, goals: evaluateGoals(all) }
      // Stored after each size, so that an interrupted run keeps its results.
      if (!options.quick && options.against === undefined) await saveResults(results)
    }
    say(machineLines(results))
    say(goalsTable(results.goals))
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  } finally {
    await server.close()
  }
}

async function measureSize(
  server: DatabaseServer,
  size: Size,
  options: Options,
  settings: Results['settings'],
  say: (text: string) => void,
): Promise<{ results: SizeResults; atRest: IdleFigures }> {
  const database = await server.create(size.name)
  const running: RunningServer[] = []
  const loader = startLoader()
  try {
    await load(database.url, size, progressBar())
    await prepareForPeers(database.url)
    const atRest = await measureIdle(database.url, settings.quick ? 1 : 3)
    for (const system of options.systems ?? systems) running.push(await startServer(system, database.url))
    if (options.against !== undefined) running.push(await startServer('ours', database.url, {}, options.against))

    const watch = await watchDatabase(database.url)
    const facts = await findFacts(database.url, queriedProjects(size), running)
    const chosen = operations.filter(({ id }) => options.operations?.includes(id) ?? true)
    for (const operation of chosen) await assertSameAnswers(operation, facts, running)

    const results: SizeResults = {}
    const measuring = { loader, database: watch, ...settings }
    if (!settings.quick && chosen[0] !== undefined) await warmUp(measuring, running, chosen[0], facts)
    for (const operation of chosen) {
      const figures = { title: operation.title, ...(await measureInterleaved(measuring, operation, facts, running)) }
      results[operation.id] = figures
      say(operationTable(operation.id, figures))
    }
    await watch.close()
    return { results, atRest }
  } finally {
    loader.stop()
    for (const one of running) await one.stop()
    await database.drop()
  }
}
