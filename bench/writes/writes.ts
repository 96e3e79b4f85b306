import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { openServer } from '../data/database.ts'
import { load } from '../data/load.ts'
import { progressBar } from '../data/progress.ts'
import { openSession } from '../data/session.ts'
import { quickSize, sizes } from '../data/sizes.ts'
import { ask } from '../measure/ask.ts'
import { watchDatabase } from '../measure/databaseCpu.ts'
import { startLoader } from '../measure/load.ts'
import { type Figures, type Measuring, measureOnce, medianFigures } from '../measure/round.ts'
import { describeMachine } from '../report/machine.ts'
import { goalsTable, operationTable } from '../report/print.ts'
import type { Goal } from '../report/results.ts'
import { store } from '../report/store.ts'
import { type RunningServer, startServer } from '../servers/start.ts'
import { type Target, type WriteOperation, type Writer, writeOperations } from './operations.ts'

interface Options {
  seconds: number
  rounds: number
  connections: number
  quick?: boolean
  json?: boolean
}

type Session = Awaited<ReturnType<typeof openSession>>

/** At least this many times the writes a second of PostGraphile. */
const minRatio = 2
/** More than any system writes in a round, so that no write repeats. */
const writesOfRound = 9_000

/** Every second project has a policy that guards percentages and conditions. Another person than the caller decides. */
const policies = `
  INSERT INTO approval_policies (organization_id, project_id, action_key, quorum, approver_user_ids)
  SELECT organization_id, id, 'FEATURE_FLAG_UPDATE', 1, '{2}' FROM projects WHERE id % 2 = 0`

/** Flags that nothing else uses, so that each may be changed. In each project in turn. */
const targets = `
  SELECT id, project_id AS "projectId" FROM feature_flags
  WHERE NOT deleted AND NOT in_experiment AND NOT used_by_survey AND NOT used_by_product_tour AND (project_id % 2 = 0) = $1
  ORDER BY id % 1000, project_id`

/** What each system has written: rows of the audit and change requests. */
const written: Record<Writer, string> = {
  ours: 'SELECT (SELECT count(*) FROM activity_log) + (SELECT count(*) FROM change_requests) AS count',
  postgraphile: 'SELECT count(*) FROM peer.activity',
}

/** Measures writes of different flags, beside PostGraphile's mutations with a trigger that writes an audit. */
export async function runWrites(options: Options): Promise<void> {
  const say = (text: string) => (options.json ? process.stderr : process.stdout).write(`${text}\n`)
  const { connections } = options
  const settings = options.quick
    ? { seconds: 0.5, rounds: 1, connections }
    : { seconds: options.seconds, rounds: options.rounds, connections }
  const databases = await openServer(process.env.BENCH_DATABASE_URL)
  const loader = startLoader()
  try {
    const database = await databases.create('writes')
    await load(database.url, options.quick ? { ...quickSize(sizes.medium), projects: 20 } : sizes.medium, progressBar())
    const session = await openSession(database.url)
    await session.query(policies)
    await session.query(await readFile(new URL('../data/peerWrites.sql', import.meta.url), 'utf8'))
    const servers: RunningServer<Writer>[] = [
      await startServer('ours', database.url),
      await startServer('postgraphile', database.url, { SCHEMAS: 'peer' }),
    ]
    const watch = await watchDatabase(database.url)
    const measuring: Measuring = { loader, database: watch, ...settings }
    const found: Record<string, { title: string; systems: Record<Writer, Figures> }> = {}
    for (const operation of writeOperations) {
      const { rows } = await session.query<Target>(targets, [operation.isGuarded])
      const systems = await measureWrites(measuring, operation, rows, servers, session)
      found[operation.id] = { title: operation.title, systems }
      say(operationTable(operation.id, { title: operation.title, systems }))
    }
    for (const server of servers) await server.stop()
    await watch.close()
    await session.end()
    await database.drop()
    const goals = Object.entries(found).map(([id, { systems }]) => goal(id, systems))
    say(goalsTable(goals))
    const results = { machine: describeMachine(databases.description), settings, goals, operations: found }
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
    if (!options.quick) await store('writes.json', results)
  } finally {
    loader.stop()
    await databases.close()
  }
}

/** Measures one write on both systems in turns. Each round goes on where the last one ended. */
async function measureWrites(
  measuring: Measuring,
  operation: WriteOperation,
  targets: readonly Target[],
  servers: readonly RunningServer<Writer>[],
  session: Session,
): Promise<Record<Writer, Figures>> {
  let next = 0
  const take = (count: number) => {
    const from = next
    next += count
    if (next > targets.length) throw new Error(`${operation.id}: ${targets.length} flags are too few for so many rounds.`)
    return ({ system }: RunningServer<Writer>) =>
      targets.slice(from, next).map((target, index) => operation.ask[system](target, numberOf(operation) + from + index))
  }

  const first = take(3)
  const answers: unknown[] = []
  for (const server of servers) {
    const read = operation.read[server.system]
    const own: unknown[] = []
    for (const body of first(server)) own.push(read(await ask(server, body)))
    answers.push(own)
  }
  if (!isDeepStrictEqual(answers[0], answers[1])) throw new Error(`${operation.id}: different answers: ${JSON.stringify(answers)}`)

  const rounds: Record<Writer, Figures[]> = { ours: [], postgraphile: [] }
  // The first round warms up.
  for (let round = 0; round <= measuring.rounds; round++) {
    const bodies = take(Math.min(writesOfRound, Math.floor((targets.length - 3) / (measuring.rounds + 1))))
    for (const server of servers) {
      const asked = bodies(server)
      const before = await count(session, server.system)
      const figures = await measureOnce(measuring, server, asked, measuring.seconds * 1_000)
      const made = (await count(session, server.system)) - before
      // Refusals are answers, too. They must not count as writes.
      if (figures.requests > asked.length || made < figures.requests) {
        throw new Error(`${operation.id}: ${server.system} answered ${figures.requests} of ${asked.length} writes, and made ${made}.`)
      }
      if (round > 0) rounds[server.system].push(figures)
    }
  }
  return { ours: medianFigures(rounds.ours), postgraphile: medianFigures(rounds.postgraphile) }
}

const numberOf = (operation: WriteOperation) => writeOperations.indexOf(operation) * 1_000_000

async function count(session: Session, system: Writer): Promise<number> {
  const { rows } = await session.query<{ count: string }>(written[system])
  return Number(rows[0]?.count)
}

function goal(id: string, { ours, postgraphile }: Record<Writer, Figures>): Goal {
  const measured = Number((ours.requestsPerSecond / postgraphile.requestsPerSecond).toFixed(2))
  return { name: `${id}: writes/s against PostGraphile`, goal: `at least ${minRatio} ×`, measured, met: measured >= minRatio }
}
