import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ReceivedSpan, startCollector } from '../support/collector.ts'

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-traces-'))
const collector = await startCollector()
let child: ChildProcess
let url = ''
let key = ''
beforeAll(async () => {
  const { PATH = '' } = process.env
  const settings = { PORT: '0', DATA_DIR: folder, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ACCESS_LOG: 'false' }
  child = spawn(process.execPath, ['--import', './interop/test/support/besideTheService.ts', 'src/main.ts'], { env: { PATH, ...settings } })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.stdout?.on('data', (chunk) => {
      output += chunk
      if (output.includes('First query')) resolve()
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)))
  })
  url = /GraphQL answers at (\S+)\n/.exec(output)?.[1] ?? ''
  key = /Demo API key: +(\S+)/.exec(output)?.[1] ?? ''
}, 300_000)
afterAll(async () => {
  child.kill('SIGKILL')
  collector.close()
  await rm(folder, { recursive: true })
})

async function send(body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify(body),
  })
  return response.json()
}

const attribute = ({ attributes }: ReceivedSpan, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value
  return value?.stringValue ?? value?.intValue
}

const traceId = '0af7651916cd43dd8448eb211c80319c'
const callerSpan = 'b7ad6b7169203331'

it('sends one trace for a request: HTTP, the operation in it, its statements in that', async () => {
  const query = 'query Flags($search: String) { eligibleFeatureFlags(projectId: 1, search: $search) { totalCount nodes { key } } }'
  await send({ query, variables: { search: 'a-secret-search' } }, { traceparent: `00-${traceId}-${callerSpan}-01` })
  await send([{ query: 'query One { viewer { scopes } }' }, { query: 'query Two { nothing }' }])
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited

  expect(new Set(collector.paths)).toEqual(new Set(['POST /v1/traces']))
  expect(new Set(collector.services)).toEqual(new Set(['experiments-graph']))
  const spans = collector.spans.filter((span) => span.traceId === traceId)
  const [http, ...otherHttp] = spans.filter(({ parentSpanId }) => parentSpanId === callerSpan)
  expect(otherHttp).toEqual([])
  expect(http).toMatchObject({ name: 'POST /graphql', kind: 2 })
  const [operation, ...otherOperations] = spans.filter(({ parentSpanId }) => parentSpanId === http?.spanId)
  expect(otherOperations).toEqual([])
  expect(operation?.name).toBe('query Flags')
  const statements = spans.filter(({ parentSpanId }) => parentSpanId === operation?.spanId)
  expect(statements.length).toBeGreaterThan(0)
  expect(spans).toHaveLength(2 + statements.length)
  for (const statement of statements) {
    expect(attribute(statement, 'db.query.text')).toMatch(/^\s*(SELECT|WITH|UPDATE|BEGIN|COMMIT)\b/)
    expect(BigInt(statement.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(http?.startTimeUnixNano ?? 0))
    expect(BigInt(statement.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(http?.endTimeUnixNano ?? 0))
  }
  const text = JSON.stringify(collector.spans)
  for (const secret of [key, 'a-secret-search', 'totalCount nodes']) expect(text).not.toContain(secret)

  // A trace of its own, where the caller sent none.
  const [batch] = collector.spans.filter(({ name, traceId: id }) => name === 'POST /graphql' && id !== traceId)
  expect(batch?.parentSpanId ?? '').toBe('')
  const operations = collector.spans.filter(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId === batch?.spanId)
  expect(operations.map(({ name }) => name).sort()).toEqual(['query One', 'query Two'])
})
