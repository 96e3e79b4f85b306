import { isDeepStrictEqual, parseArgs } from 'node:util'
import pg from 'pg'
import { openClickHouseEvents } from '../../src/database/clickhouse/clickHouseEvents.ts'
import type { EventStore, PlanningEventStore } from '../../src/database/events/eventStore.ts'
import { openDatabase } from '../../src/database/open.ts'
import { planningEvents } from '../../src/features/events/planningEvents.ts'
import { storedEvents } from '../../src/features/events/storedEvents.ts'
import type { Context } from '../../src/graphql/context.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { formatTable } from '../../src/platform/table.ts'
import { seedOrganization, seedProject } from '../../test/support/seed.ts'
import { postHogTable } from '../support/eventsTable.ts'
import { startClickHouse } from '../support/startClickHouse.ts'
import { now, questions } from './questions.ts'

// Measures what each question about events takes on PostgreSQL and on ClickHouse, with the same events: npm run figures:events -- --events 2000000

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '5' },
    /** A server on which a database can be made, and is dropped at the end. */
    postgres: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
  },
})
const count = Number(options.events)
const rounds = Number(options.rounds)
const days = 90
const stepMs = (days * 86_400_000) / count
const start = now.getTime() - days * 86_400_000
const flags = 50
const people = 100_000

/** What an event is, by its number `n`: a tenth are calls of flags, two fifths page views, the others of twenty names. */
const inPostgres = (projectId: number) => `
  INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
  SELECT ${projectId}, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    CASE WHEN n % 10 = 0 THEN '$feature_flag_called' WHEN n % 10 < 5 THEN '$pageview' ELSE 'event-' || (n / 10) % 20 END,
    to_timestamp((${start} + floor(n * ${stepMs}::float8)) / 1000), 'user-' || (n * 48271) % ${people},
    CASE WHEN n % 10 = 0 THEN '{"$feature_flag":"flag-' || (n / 10) % ${flags} || '","$feature_flag_response":"' || CASE WHEN (n * 48271) % 2 = 0 THEN 'test' ELSE 'control' END || '","$lib":"web"}'
      ELSE '{"$feature/flag-' || n % ${flags} || '":"test","$current_url":"https://example.com/' || n % 1000 || '","amount":' || n % 500 || ',"$browser":"Firefox","$set":{"plan":"' || CASE WHEN n % 3 = 0 THEN 'pro' ELSE 'free' END || '"}}' END
  FROM generate_series($1::bigint, $2::bigint) AS n`
const inClickHouse = (projectId: number) => `
  INSERT INTO events (team_id, uuid, event, timestamp, distinct_id, properties)
  SELECT ${projectId}, toUUID(concat('00000000-0000-4000-8000-', leftPad(lower(hex(n)), 12, '0'))),
    multiIf(n % 10 = 0, '$feature_flag_called', n % 10 < 5, '$pageview', concat('event-', toString(intDiv(n, 10) % 20))),
    fromUnixTimestamp64Milli(toInt64(${start} + floor(n * toFloat64(${stepMs}))), 'UTC'), concat('user-', toString((n * 48271) % ${people})),
    if(n % 10 = 0, concat('{"$feature_flag":"flag-', toString(intDiv(n, 10) % ${flags}), '","$feature_flag_response":"', if((n * 48271) % 2 = 0, 'test', 'control'), '","$lib":"web"}'),
      concat('{"$feature/flag-', toString(n % ${flags}), '":"test","$current_url":"https://example.com/', toString(n % 1000), '","amount":', toString(n % 500), ',"$browser":"Firefox","$set":{"plan":"', if(n % 3 = 0, 'pro', 'free'), '"}}'))
  FROM (SELECT toUInt64(number) AS n FROM numbers(${count}))`

const admin = new pg.Client({ connectionString: options.postgres })
await admin.connect()
const name = `experiments_graph_figures_${process.pid}`
await admin.query(`CREATE DATABASE ${name}`)
const url = new URL(options.postgres)
url.pathname = `/${name}`
const log = createLogger({ logLevel: 'silent' })
const database = await openDatabase({ ...readConfig({ DATABASE_URL: url.href }), statementTimeoutMs: 0 }, log)
const clickHouse = await startClickHouse()
try {
  const project = await seedProject(database.db, await seedOrganization(database.db))
  const loader = new pg.Client({ connectionString: url.href })
  await loader.connect()
  const part = 200_000
  const postgresMs = await timeOf(async () => {
    for (let first = 0; first < count; first += part) await loader.query(inPostgres(project.id), [first, Math.min(first + part, count) - 1])
  })
  await loader.query('VACUUM ANALYZE events')
  const { rows: sizes } = await loader.query("SELECT pg_total_relation_size('events')::float8 AS bytes")
  await loader.end()
  await clickHouse.run(postHogTable())
  const clickHouseMs = await timeOf(() => clickHouse.run(inClickHouse(project.id)))
  await clickHouse.run('OPTIMIZE TABLE events FINAL')
  const [[bytes] = []] = await clickHouse.run("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'events'")
  console.log(
    `${count} events. Filled in ${seconds(postgresMs)} and ${seconds(clickHouseMs)}; ${mb(sizes[0].bytes)} and ${mb(Number(bytes))} on disk.\n`,
  )

  const config = readConfig({ EVENTS_URL: clickHouse.url, EVENTS_TIMEOUT_MS: '600000' })
  if (config.eventsUrl === null) throw new Error('EVENTS_URL is not read.')
  const elsewhere = await openClickHouseEvents(config.eventsUrl, config)
  const stores = {
    // A request has data loaders of its own.
    PostgreSQL: () => ({
      ...(planningEvents(database.db, { id: project.id, eventSource: 'stored' }, undefined) as PlanningEventStore),
      ...storedEvents({ db: database.db, database, log, now, config, work: {} } as unknown as Context, project.id),
    }),
    ClickHouse: () => elsewhere.storeOf(project.id) as EventStore & PlanningEventStore,
  }
  const rows: string[][] = []
  for (const [what, ask] of Object.entries(questions)) {
    const [stored, other] = [await ask(stores.PostgreSQL()), await ask(stores.ClickHouse())]
    const isEqual = isDeepStrictEqual(sorted(stored), sorted(other))
    const times: string[] = []
    for (const store of Object.values(stores)) times.push(await median(() => ask(store())))
    rows.push([what, ...times, isEqual ? 'yes' : 'NO'])
  }
  console.log(formatTable([['question, milliseconds', ...Object.keys(stores), 'equal'], ...rows], 'right'))
  await elsewhere.close()
} finally {
  await clickHouse.close()
  await database.close()
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
  await admin.end()
}

/** Rows whose order means nothing. */
function sorted(answer: unknown): unknown {
  const rows = Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0] : answer
  const plain = ({ place: _place, rank: _rank, ...row }: Record<string, unknown>) => Object.entries(row).sort()
  if (!Array.isArray(rows)) return rows
  return rows.map((row) => JSON.stringify(typeof row === 'object' ? plain(row) : row)).sort()
}

async function median(ask: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await timeOf(ask))
  return (times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0).toFixed(1)
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(0)} s`
}

function mb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`
}
