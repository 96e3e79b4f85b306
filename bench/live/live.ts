import { openServer } from '../data/database.ts'
import { load } from '../data/load.ts'
import { progressBar } from '../data/progress.ts'
import { openSession } from '../data/session.ts'
import { quickSize, sizes } from '../data/sizes.ts'
import { ask } from '../measure/ask.ts'
import { cpuBetween, watchDatabase } from '../measure/databaseCpu.ts'
import { median } from '../measure/round.ts'
import { describeMachine } from '../report/machine.ts'
import type { Goal } from '../report/results.ts'
import { store } from '../report/store.ts'
import { startServer } from '../servers/start.ts'
import { openSubscribers } from './subscribers.ts'

interface Options {
  subscribers: number
  changes: number
  quick?: boolean
  json?: boolean
}

const rename = 'mutation Rename($id: ID!, $name: String!) { updateExperiment(input: { id: $id, name: $name }) { __typename } }'
const maxLastMs = 100
const maxCpuUs = 60

/** Measures how long it takes until a change has reached the last of many subscribers, and what that costs for each of them. */
export async function runLive(options: Options): Promise<void> {
  const say = (text: string) => (options.json ? process.stderr : process.stdout).write(`${text}\n`)
  const [subscribers, changes] = options.quick ? [20, 3] : [options.subscribers, options.changes]
  const databases = await openServer(process.env.BENCH_DATABASE_URL)
  try {
    const database = await databases.create('live')
    await load(database.url, quickSize(sizes.small), progressBar())
    const session = await openSession(database.url)
    const { rows } = await session.query<{ id: number }>(
      'SELECT id FROM experiments WHERE project_id = 1 AND NOT deleted AND NOT archived ORDER BY id LIMIT 1',
    )
    await session.end()
    const experiment = String(rows[0]?.id)
    const server = await startServer('ours', database.url, {
      MAX_SUBSCRIPTIONS: String(subscribers),
      MAX_CONNECTIONS: String(subscribers + 100),
      MAX_CONNECTIONS_PER_ADDRESS: String(subscribers + 100),
    })
    const watch = await watchDatabase(database.url)
    let count = 0

    /** Changes the experiment several times, and returns the CPU of each change, with all that follows from it. */
    async function change(times: number, reached: (name: string) => Promise<number>) {
      const waits: number[] = []
      const [before, databaseBefore] = await Promise.all([server.usage(), watch.read()])
      for (let n = 0; n < times; n++) {
        const name = `Renamed ${++count}`
        const last = reached(name)
        await ask(server, { query: rename, variables: { id: experiment, name } })
        const answered = performance.now()
        waits.push((await last) - answered)
      }
      const [after, databaseAfter] = await Promise.all([server.usage(), watch.read()])
      return {
        waits: waits.sort((a, b) => a - b),
        server: (after.cpu - before.cpu) / times,
        database: (cpuBetween(databaseBefore, databaseAfter) ?? 0) / times,
        rss: after.rss,
      }
    }

    await change(50, async () => performance.now())
    const alone = await change(changes, async () => performance.now())
    const followers = await openSubscribers(server.url, subscribers)
    await change(Math.ceil(changes / 5), followers.lastToSee)
    const followed = await change(changes, followers.lastToSee)
    followers.close()

    const perSubscriber = ((followed.server - alone.server) / subscribers) * 1_000
    const figures = {
      subscribers,
      changes,
      lastMs: { median: median(followed.waits), worst: followed.waits.at(-1) ?? 0 },
      serverCpuUsPerSubscriber: perSubscriber,
      databaseCpuMsPerChange: followed.database - alone.database,
      serverCpuMsPerChangeAlone: alone.server,
      rssMb: followed.rss / 1e6,
    }
    const goal = (name: string, measured: number, bound: number, unit: string): Goal => ({
      name: `${subscribers} subscribers: ${name}`,
      goal: `at most ${bound} ${unit}`,
      measured: Number(measured.toFixed(1)),
      met: measured <= bound,
    })
    const goals = [
      goal('from the answer of a change to the last of them, median', figures.lastMs.median, maxLastMs, 'ms'),
      goal("the server's CPU for each of them and each change", perSubscriber, maxCpuUs, 'µs'),
    ]
    const results = { machine: describeMachine(databases.description), figures, goals }
    for (const { name, measured, goal: bound, met } of goals) say(`${name}: ${measured} (${bound}): ${met ? 'met' : 'not met'}`)
    say(JSON.stringify(figures, null, 2))
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
    if (!options.quick) await store('live.json', results)
    await server.stop()
    await watch.close()
    await database.drop()
  } finally {
    await databases.close()
  }
}
