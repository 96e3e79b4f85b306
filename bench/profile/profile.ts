import { openServer } from '../data/database.ts'
import { prepareForPeers } from '../data/forPeers.ts'
import { load } from '../data/load.ts'
import { progressBar } from '../data/progress.ts'
import { queriedProjects, type Size, sizes } from '../data/sizes.ts'
import { watchDatabase } from '../measure/databaseCpu.ts'
import { startLoader } from '../measure/load.ts'
import { measureOnce } from '../measure/round.ts'
import { findFacts } from '../operations/facts.ts'
import { operations } from '../operations/operations.ts'
import { profileTables } from '../report/print.ts'
import { startServer } from '../servers/start.ts'
import { hotSpots } from './hotSpots.ts'

interface Options {
  size?: Size['name'][]
  operations?: string[]
  seconds: number
  connections: number
}

/** Prints where our server's time goes, for each operation. */
export async function runProfile(options: Options): Promise<void> {
  const databases = await openServer(process.env.BENCH_DATABASE_URL)
  const loader = startLoader()
  try {
    for (const name of new Set<Size['name']>(options.size ?? ['small'])) {
      const database = await databases.create(name)
      await load(database.url, sizes[name], progressBar())
      await prepareForPeers(database.url)
      const watch = await watchDatabase(database.url)
      for (const operation of operations.filter(({ id }) => options.operations?.includes(id) ?? true)) {
        const server = await startServer('ours', database.url)
        const facts = await findFacts(database.url, queriedProjects(sizes[name]), [server])
        const measuring = { loader, database: watch, connections: options.connections, seconds: options.seconds, rounds: 1 }
        const bodies = operation.ask.ours(facts)
        await measureOnce(measuring, server, bodies, options.seconds * 1_000, 2_000)
        const before = await server.usage()
        const stop = await server.profile()
        const { cpu, requests } = await measureOnce(measuring, server, bodies, options.seconds * 1_000, 2_000)
        const spots = hotSpots(await stop())
        const kernel = ((await server.usage()).kernel - before.kernel) / requests
        await server.stop()
        process.stdout.write(
          `\n${operation.id}, ${name}: ${requests} requests, ${cpu.server.toFixed(2)} ms each on the server while it is profiled, ` +
            `${kernel.toFixed(2)} of them in the kernel\n`,
        )
        process.stdout.write(profileTables(spots, requests))
      }
      await watch.close()
      await database.drop()
    }
  } finally {
    loader.stop()
    await databases.close()
  }
}
