import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from 'chdb'
import pLimit from 'p-limit'

// ClickHouse's own engine runs in this process. It has no HTTP server, so this one stands in front of it: it takes what ClickHouse's takes, as far as
// the service sends it.

/** A running ClickHouse. */
export interface TestClickHouse {
  /** For EVENTS_URL. */
  url: string
  /** Runs statements directly in the engine, and returns the rows of the last one. */
  run(sql: string): Promise<unknown[][]>
  /** Adds rows to a table, each as JSON. */
  insert(table: string, rows: readonly object[]): Promise<void>
  /** What came in: the parameters of each query's address. */
  readonly received: URLSearchParams[]
  /** The texts of the errors that were answered. */
  readonly failures: string[]
  /** How many queries run now. */
  running(): number
  close(): Promise<void>
}

/** Parameters of an address that are no settings of the query. */
const noSettings = new Set(['query', 'database', 'default_format', 'query_id', 'session_id', 'role', 'user', 'password'])
/** Those of HTTP alone. */
const ofHttp = new Set(['wait_end_of_query', 'enable_http_compression', 'send_progress_in_http_headers'])

const quoted = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`

/** Starts ClickHouse on a free port. The engine takes one folder in a process, so start one at a time. */
export async function startClickHouse(): Promise<TestClickHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-clickhouse-'))
  const path = join(folder, 'data')
  // Stays open: it holds the engine, and ends the queries of others.
  const engine = new Session(path)
  const received: URLSearchParams[] = []
  const failures: string[] = []
  const limit = pLimit(4)
  let running = 0

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { parameters, sql } = await readRequest(request)
    received.push(parameters)
    const id = parameters.get('query_id') ?? randomUUID()
    let isDone = false
    response.on('close', () => {
      const kills = parameters.get('cancel_http_readonly_queries_on_client_close') === '1'
      if (!isDone && kills) engine.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = ${quoted(id)} ASYNC`).catch(() => {})
    })
    const settings = [...parameters].filter(([name]) => !noSettings.has(name) && !ofHttp.has(name) && /^\w+$/.test(name))
    const before = [`USE ${parameters.get('database') ?? 'default'}`, `SET log_comment = ${quoted(id)}`]
    const statements = [...before, ...settings.map(([name, value]) => `SET ${name} = ${quoted(value)}`), sql].join('; ')
    // A session of its own: what a failed query leaves behind would come before the answer of the next.
    const session = new Session(path)
    running++
    try {
      // ClickHouse's server takes parameters apart from the query. Here they are part of its text.
      await session.queryAsync('SET max_query_size = 10000000')
      const result = await session.queryAsync(statements, { format: parameters.get('default_format') ?? 'TabSeparated' })
      isDone = true
      response.writeHead(200, { 'x-clickhouse-query-id': id }).end(result.bytes())
    } catch (error) {
      isDone = true
      const text = /Code: \d+[\s\S]*/.exec((error as Error).message)?.[0] ?? String(error)
      failures.push(text.slice(0, 2_000))
      const code = /Code: (\d+)/.exec(text)?.[1] ?? '1002'
      response.writeHead(code === '60' ? 404 : 500, { 'x-clickhouse-exception-code': code }).end(text)
    } finally {
      running--
      session.close()
    }
  }

  const http = createServer((request, response) => {
    if (request.url === '/ping') return void response.end('Ok.\n')
    void limit(() => answer(request, response)).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')

  return {
    url: `clickhouse://127.0.0.1:${(http.address() as AddressInfo).port}/default`,
    run: async (sql) => {
      const text = (await engine.queryAsync(sql, { format: 'JSONCompactEachRow' })).text().trim()
      return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as unknown[])
    },
    insert: async (table, rows) => {
      if (rows.length === 0) return
      const values = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))
      await engine.insert({ table, values, format: 'JSONEachRow' })
    },
    received,
    failures,
    running: () => running,
    close: async () => {
      http.closeAllConnections()
      http.close()
      engine.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Reads the parameters and the statement of a request. Long parameters come as parts of a form. */
async function readRequest(request: IncomingMessage): Promise<{ parameters: URLSearchParams; sql: string }> {
  const parameters = new URL(request.url ?? '/', 'http://localhost').searchParams
  const body = Buffer.concat(await request.toArray())
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) {
    return { parameters, sql: [parameters.get('query'), body.toString()].filter((part) => part !== null && part !== '').join('\n') }
  }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  for (const [name, value] of form) {
    // The limit of ClickHouse's server.
    if (Buffer.byteLength(String(value)) > 131_072) throw new Error('Code: 1000. DB::Exception: Field value too long. (POCO_EXCEPTION)')
    if (name !== 'query') parameters.append(name, String(value))
  }
  return { parameters, sql: String(form.get('query') ?? parameters.get('query')) }
}
