import { type DatabaseServer, openServer } from '../data/database.ts'
import { startWriting } from '../data/load.ts'
import { progressBar } from '../data/progress.ts'
import { type DatabaseCpu, watchDatabase } from '../measure/databaseCpu.ts'
import { type Loader, startLoader } from '../measure/load.ts'
import { measureOnce } from '../measure/round.ts'
import { evaluateGoals } from '../report/goals.ts'
import { readLatest, saveResults } from '../report/keep.ts'
import { describeMachine } from '../report/machine.ts'
import { curveTable } from '../report/print.ts'
import { type RunningServer, startServer } from '../servers/start.ts'
import type { Curve, Point } from './curves.ts'
import { deepPages, type Field, moreEvents, moreProjects } from './steps.ts'

interface Options {
  seconds: number
  connections: number
  quick?: boolean
  json?: boolean
}

const drawn: Record<string, { draw: (field: Field, quick: boolean) => Promise<Curve>; env?: Record<string, string> }> = {
  depth: { draw: deepPages },
  // No access cache: it would favour the point with one project over the point with ten thousand.
  projects: { draw: moreProjects, env: { ACCESS_CACHE_SECONDS: '0' } },
  events: { draw: moreEvents },
}

export async function runGrowth(options: Options): Promise<void> {
  const seconds = options.quick ? 0.5 : options.seconds
  const say = (text: string) => (options.json ? process.stderr : process.stdout).write(`${text}\n`)
  const databases = await openServer(process.env.BENCH_DATABASE_URL)
  const loader = startLoader()
  try {
    const machine = describeMachine(databases.description)
    const curves: Curve[] = []
    for (const [name, { draw, env = {} }] of Object.entries(drawn)) {
      const curve = await onField(databases, name, loader, { connections: options.connections, seconds, env }, (field) =>
        draw(field, options.quick ?? false),
      )
      say(curveTable(curve))
      curves.push(curve)
    }
    const growth = { date: machine.date, database: machine.database, curves }
    if (options.json) process.stdout.write(`${JSON.stringify(growth, null, 2)}\n`)
    if (options.quick) return
    const settings = { connections: options.connections, seconds, rounds: 1, quick: false }
    const latest = (await readLatest()) ?? { machine, settings, goals: evaluateGoals({ sizes: {}, atRest: null }), atRest: null, sizes: {} }
    await saveResults({ ...latest, growth })
  } finally {
    loader.stop()
    await databases.close()
  }
}

async function onField(
  databases: DatabaseServer,
  name: string,
  loader: Loader,
  { connections, seconds, env }: { connections: number; seconds: number; env: Record<string, string> },
  draw: (field: Field) => Promise<Curve>,
): Promise<Curve> {
  const { url, drop } = await databases.create(name)
  let server: RunningServer | null = null
  let database: DatabaseCpu | null = null
  try {
    const writer = await startWriting(url, progressBar())
    const running = await startServer('ours', url, env)
    server = running
    database = await watchDatabase(url)
    const measuring = { loader, database, connections, seconds, rounds: 1 }
    let warm = false
    const measure = async (x: number, bodies: readonly object[]): Promise<Point> => {
      // A long warm-up before the first point, so that it is measured on a warm server like the others.
      await measureOnce(measuring, running, bodies, seconds * (warm ? 500 : 5_000), warm ? 200 : 3_000)
      warm = true
      const { cpu, p50 } = await measureOnce(measuring, running, bodies, seconds * 1_000)
      return { x, cpu: { server: cpu.server, database: cpu.database }, p50 }
    }
    const curve = await draw({ writer, server: running, measure })
    await writer.close()
    return curve
  } finally {
    await server?.stop()
    await database?.close()
    await drop()
  }
}
