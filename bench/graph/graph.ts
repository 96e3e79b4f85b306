import { openServer } from '../data/database.ts'
import { load } from '../data/load.ts'
import { progressBar } from '../data/progress.ts'
import { openSession } from '../data/session.ts'
import { quickSize, sizes } from '../data/sizes.ts'
import { ask } from '../measure/ask.ts'
import { measureIdle } from '../measure/atRest.ts'
import { watchDatabase } from '../measure/databaseCpu.ts'
import { startLoader } from '../measure/load.ts'
import { type Figures, measureOnce, median } from '../measure/round.ts'
import { describeMachine } from '../report/machine.ts'
import type { Goal } from '../report/results.ts'
import { store } from '../report/store.ts'
import { startServer } from '../servers/start.ts'
import { measureEvaluation } from './evaluation.ts'
import { graphRequests } from './requests.ts'

interface Options {
  seconds: number
  rounds: number
  quick?: boolean
  json?: boolean
}

/** Experiments with four metrics of their own, one of each kind, and a shared one. */
const metricsOfExperiments = `
  WITH s AS (
    INSERT INTO saved_metrics (project_id, name, query)
    SELECT 1, 'Orders', '{"kind": "ExperimentMetric", "metric_type": "mean", "uuid": "00000000-0000-4000-8000-000000000009",
      "source": {"kind": "EventsNode", "event": "event-4", "math": "total"}}' RETURNING id
  ), e AS (
    UPDATE experiments SET
      metrics = '[{"kind": "ExperimentMetric", "uuid": "00000000-0000-4000-8000-000000000001", "metric_type": "mean", "name": "Revenue",
          "source": {"kind": "EventsNode", "event": "event-1", "math": "sum", "math_property": "revenue"}},
        {"kind": "ExperimentMetric", "uuid": "00000000-0000-4000-8000-000000000002", "metric_type": "funnel", "name": "Sign-up",
          "series": [{"kind": "EventsNode", "event": "event-2"}, {"kind": "EventsNode", "event": "event-3"}]}]',
      metrics_secondary = '[{"kind": "ExperimentMetric", "uuid": "00000000-0000-4000-8000-000000000003", "metric_type": "ratio", "name": "Share",
          "numerator": {"kind": "EventsNode", "event": "event-1"}, "denominator": {"kind": "EventsNode", "event": "event-2"}},
        {"kind": "ExperimentMetric", "uuid": "00000000-0000-4000-8000-000000000004", "metric_type": "retention", "name": "Back within a week",
          "start_event": {"kind": "EventsNode", "event": "event-1"}, "completion_event": {"kind": "EventsNode", "event": "event-1"},
          "retention_window_start": 1, "retention_window_end": 7, "retention_window_unit": "day", "start_handling": "first_seen"}]'
    RETURNING id
  )
  INSERT INTO experiment_saved_metrics (experiment_id, saved_metric_id, metadata) SELECT e.id, s.id, '{"type": "primary"}' FROM e, s`

/** Measures what pages of front ends ask for, one client at a time and 32 at once, and evaluation beside PostHog's client library. */
export async function runGraph(options: Options): Promise<void> {
  const say = (text: string) => (options.json ? process.stderr : process.stdout).write(`${text}\n`)
  const size = options.quick ? quickSize(sizes.small) : sizes.small
  const seconds = options.quick ? 0.5 : options.seconds
  const rounds = options.quick ? 1 : options.rounds

  const evaluation = await measureEvaluation(rounds)
  const databases = await openServer(process.env.BENCH_DATABASE_URL)
  const loader = startLoader()
  try {
    const machine = describeMachine(databases.description)
    const database = await databases.create('graph')
    await load(database.url, size, progressBar())
    const session = await openSession(database.url)
    await session.query(metricsOfExperiments)
    await session.query('VACUUM (ANALYZE)')
    const flags = (await session.query('SELECT id, key FROM feature_flags WHERE project_id = 1 AND NOT deleted ORDER BY id')).rows
    const experiments = await session.query('SELECT id FROM experiments WHERE project_id = 1 ORDER BY id')
    await session.end()
    const atRest = await measureIdle(database.url, options.quick ? 1 : 3)

    const server = await startServer('ours', database.url)
    const watch = await watchDatabase(database.url)
    const operations = graphRequests({ projectId: 1, flags, experimentIds: experiments.rows.map(({ id }) => id) })
    const measured: Record<string, { title: string; clients: Record<string, Figures> }> = {}
    for (const { id, title, bodies } of operations) {
      for (const body of bodies.slice(0, 3)) await ask(server, body)
      measured[id] = { title, clients: {} }
      for (const connections of [1, 32]) {
        const measuring = { loader, database: watch, connections, seconds, rounds }
        await measureOnce(measuring, server, bodies, seconds * 1_000, options.quick ? 100 : 2_000)
        const found: Figures[] = []
        for (let round = 0; round < rounds; round++) found.push(await measureOnce(measuring, server, bodies, seconds * 1_000))
        found.sort((a, b) => a.cpu.server - b.cpu.server)
        const figures = found[Math.floor(found.length / 2)] as Figures
        measured[id].clients[connections] = figures
        const { cpu, requestsPerSecond, p50, p99 } = figures
        say(
          `${id.padEnd(11)}${String(connections).padStart(3)} clients: server ${cpu.server.toFixed(2)} ms, database ${cpu.database?.toFixed(2) ?? '?'} ms, ` +
            `${Math.round(requestsPerSecond)} requests/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
        )
      }
    }
    await watch.close()
    await server.stop()
    await database.drop()

    const goals = evaluateGoals(measured, evaluation, atRest)
    say(`evaluation in the process: ours ${evaluation.ours.toFixed(3)} ms, client library ${evaluation.clientLibrary.toFixed(3)} ms`)
    say(`at rest: ${Math.round(atRest.rss / 1e6)} MB, listening after ${Math.round(atRest.startedIn)} ms`)
    for (const { name, goal, measured, met } of goals) say(`${met ? 'met    ' : 'NOT MET'} ${name}: ${measured} (${goal})`)
    const results = { machine, settings: { seconds, rounds }, goals, evaluation, atRest, operations: measured }
    if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
    if (!options.quick) await store('graph.json', results)
  } finally {
    loader.stop()
    await databases.close()
  }
}

function evaluateGoals(
  measured: Record<string, { clients: Record<string, Figures> }>,
  evaluation: { ours: number; clientLibrary: number },
  { rss }: { rss: number },
): Goal[] {
  const goal = (name: string, value: number, bound: number, unit: string): Goal => ({
    name,
    goal: `at most ${bound} ${unit}`,
    measured: Number(value.toFixed(2)),
    met: value <= bound,
  })
  const servers = Object.values(measured.evaluation?.clients ?? {}).map(({ cpu }) => cpu.server)
  return [
    goal("evaluation of 100 flags: the server's CPU", median(servers.slice(0, 1)), 3, 'ms'),
    goal("evaluation against PostHog's client library", evaluation.ours / evaluation.clientLibrary, 1.5, '×'),
    goal('memory at rest', rss / 1e6, 130, 'MB'),
  ]
}
