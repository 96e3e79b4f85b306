import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countChangeRequests } from '../../../src/features/approvals/data/countChangeRequests.ts'
import type { Observer } from '../../../src/platform/activity.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { countLinks } from '../../../src/posthog/link/countLinks.ts'
import { observeJobs } from '../../../src/server/telemetry/observeJobs.ts'
import { createTelemetry } from '../../../src/server/telemetry/telemetry.ts'
import { exchange } from '../../support/exchange.ts'
import { listen } from '../../support/listen.ts'
import { seedTenant, type TestServer, testServer } from '../../support/testServer.ts'

const log = createLogger({ logLevel: 'silent' })
const telemetry = await createTelemetry(
  { accessLog: false, metricsHost: '127.0.0.1', metricsPort: 0, otlpEndpoint: null },
  log,
  () => new Date(),
)
const observer = telemetry.observer as Observer
let tested: TestServer
let tenant: Awaited<ReturnType<typeof seedTenant>>
let url: string
let failing = false
beforeAll(async () => {
  tested = await testServer({ rateLimitPerMinute: 120 }, log, observer)
  tenant = await seedTenant(tested.db)
  url = (await telemetry.serveMetrics({
    pool: () => ({ open: 3, idle: 1, waiting: 2 }),
    replicas: { count: () => ({ used: 2, unused: 1 }), fallbacks: () => 7 },
    openSubscriptions: tested.server.openSubscriptions,
    countChangeRequests: (now) => (failing ? Promise.reject(new Error('down')) : countChangeRequests(tested.db, now)),
    countLinks: (now) => (failing ? Promise.reject(new Error('down')) : countLinks(tested.db, now)),
    clock: () => tested.time.now,
    log,
  })) as string
})
afterAll(() => telemetry.close())

const scrape = async () => (await fetch(url)).text()
/** The value of a series, as Prometheus would read it. */
async function readSeries(series: string): Promise<number> {
  const line = (await scrape()).split('\n').find((line) => line.startsWith(`${series} `))
  return Number(line?.slice(series.length) ?? 0)
}

it('counts operations by name, kind and outcome, and errors by code', async () => {
  await tested.run(tenant.key, 'query Scopes { viewer { scopes } }')
  await tested.run(tenant.key, 'query Scopes { viewer { scopes } }')
  await tested.run(tenant.key, '{ viewer { scopes } }')
  await tested.run(tenant.key, 'query Nothing { nothing }')
  expect(await readSeries('experiments_graph_operations_total{operation="Scopes",kind="query",outcome="ok"}')).toBe(2)
  expect(await readSeries('experiments_graph_operations_total{operation="unnamed",kind="query",outcome="ok"}')).toBe(1)
  expect(await readSeries('experiments_graph_operations_total{operation="refused",kind="query",outcome="refused"}')).toBe(1)
  expect(await readSeries('experiments_graph_operation_errors_total{code="BAD_USER_INPUT"}')).toBe(1)
  expect(await readSeries('experiments_graph_http_requests_total{status="200"}')).toBeGreaterThanOrEqual(3)
  expect(await readSeries('experiments_graph_answer_bytes_count')).toBeGreaterThanOrEqual(4)
  expect(await readSeries('experiments_graph_operation_duration_seconds_count{operation="Scopes"}')).toBe(2)
})

it('counts what was refused before it was read, by reason', async () => {
  const service = await listen(tested.server, {}, observer)
  for (let n = 0; n < 3; n++) await exchange(service, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')
  await exchange(service, 'nonsense\r\n\r\n')
  expect(await readSeries('experiments_graph_refusals_total{reason="invalid_head"}')).toBe(3)
  expect(await readSeries('experiments_graph_refusals_total{reason="invalid_http"}')).toBe(1)
})

it('counts each statement once', async () => {
  const before = await readSeries('experiments_graph_statement_duration_seconds_count{system="postgresql",result="ok"}')
  tested.clearStatements()
  await Promise.all([1, 2, 3].map(() => tested.run(tenant.key, '{ viewer { projects(first: 1) { totalCount } } }')))
  const sent = tested.statements.length
  expect(await readSeries('experiments_graph_statement_duration_seconds_count{system="postgresql",result="ok"}')).toBe(before + sent)
  expect(sent).toBeGreaterThan(0)
})

it('counts a statement that failed', async () => {
  await expect(tested.db.$queryRaw`SELECT 1 / 0`).rejects.toThrow()
  expect(await readSeries('experiments_graph_statement_duration_seconds_count{system="postgresql",result="failed"}')).toBe(1)
})

it('shows pool, subscriptions, event loop and process', async () => {
  expect(await readSeries('experiments_graph_pool_connections{state="idle"}')).toBe(1)
  expect(await readSeries('experiments_graph_pool_connections{state="busy"}')).toBe(2)
  expect(await readSeries('experiments_graph_pool_waiting')).toBe(2)
  expect(await scrape()).toMatch(/^experiments_graph_subscriptions_open 0$/m)
  expect(await readSeries('process_resident_memory_bytes')).toBeGreaterThan(1e6)
  expect(await scrape()).toContain('nodejs_eventloop_lag_p99_seconds')
})

it('shows how many replicas are used, and what the primary answered for them', async () => {
  expect(await readSeries('experiments_graph_replicas{state="used"}')).toBe(2)
  expect(await readSeries('experiments_graph_replicas{state="unused"}')).toBe(1)
  expect(await readSeries('experiments_graph_replica_fallbacks_total')).toBe(7)
  expect(await readSeries('experiments_graph_replica_fallbacks_total')).toBe(7)
})

it('counts runs of jobs, and those that failed', async () => {
  const jobs = observeJobs({ good: async () => ({}), bad: () => Promise.reject(new Error('broken')) }, observer)
  await jobs.good?.()
  await expect(jobs.bad?.()).rejects.toThrow('broken')
  expect(await readSeries('experiments_graph_job_duration_seconds_count{job_name="good",result="ok"}')).toBe(1)
  expect(await readSeries('experiments_graph_job_duration_seconds_count{job_name="bad",result="failed"}')).toBe(1)
})

it('counts change requests by state, at most every 15 seconds', async () => {
  const pending = 'experiments_graph_open_change_requests{state="PENDING"}'
  await scrape()
  await seedRequests('PENDING', 2)
  await seedRequests('FAILED', 1)
  expect(await readSeries(pending)).toBe(0)
  tested.time.now = new Date(tested.time.now.getTime() + 15_000)
  expect(await readSeries(pending)).toBe(2)
  expect(await readSeries('experiments_graph_newest_change_requests{state="FAILED"}')).toBe(1)
})

it('shows the other metrics when change requests cannot be counted', async () => {
  failing = true
  tested.time.now = new Date(tested.time.now.getTime() + 15_000)
  const text = await scrape()
  expect(text).not.toContain('change_requests{')
  expect(text).toContain('experiments_graph_operations_total{')
})

it('counts refusals by the rate limit', async () => {
  const limited = 'experiments_graph_operation_errors_total{code="RATE_LIMITED"}'
  await Promise.all(Array.from({ length: 121 }, () => tested.run(tenant.key, '{ __typename }')))
  expect(await readSeries(limited)).toBeGreaterThan(0)
})

it('gives the first hundred names of operations a series of their own', async () => {
  const { key } = await seedTenant(tested.db)
  for (let at = 0; at < 105; at++) await tested.run(key, `query Named${at} { __typename }`)
  const names = new Set([...(await scrape()).matchAll(/operations_total\{operation="(\w+)"/g)].map(([, name]) => name))
  // Also `other`, `unnamed` and `refused`.
  expect(names.size).toBe(103)
  expect(names).toContain('other')
})

const readMetricNames = (text: string) => text.match(/\b(?:experiments_graph|nodejs|process)_[a-z]\w+/g) ?? []

it('has each metric that the dashboard and docs/operations.md name', async () => {
  observer.onUpstreamRequest?.({ purpose: 'follow', outcome: 'ok', durationMs: 1 })
  const dashboard = JSON.parse(readFileSync('deploy/grafana/dashboard.json', 'utf8')) as {
    panels: { targets?: { expr: string }[] }[]
  }
  const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => readMetricNames(expr)))
  expect(shown.length).toBeGreaterThan(10)
  const text = await scrape()
  const known = new Set([...text.matchAll(/^([a-z]\w*)[ {]/gm)].map(([, name]) => name))
  // Without jobs and pools, these have no series yet.
  const declared = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
  const documented = readMetricNames(readFileSync('docs/operations.md', 'utf8'))
  expect([...new Set([...shown, ...documented])].filter((name) => !known.has(name) && !declared.has(name))).toEqual([])
})

it('answers no other path', async () => {
  expect((await fetch(new URL('/graphql', url))).status).toBe(404)
  expect((await fetch(url, { method: 'POST' })).status).toBe(404)
})

async function seedRequests(state: 'PENDING' | 'FAILED', count: number): Promise<void> {
  const { db } = tested
  for (let at = 0; at < count; at++) {
    await db.changeRequest.create({
      data: {
        projectId: tenant.project.id,
        actionKey: 'feature_flag.enable',
        resourceType: 'FEATURE_FLAG',
        targetKey: `create:${state}-${at}`,
        operation: 'createFeatureFlag',
        input: {},
        description: 'Test',
        before: {},
        after: {},
        preconditions: {},
        policySnapshot: {},
        state,
        requestedById: tenant.user.id,
        expiresAt: new Date('2027-01-01'),
        ...(state === 'FAILED' ? { applyError: 'broken' } : {}),
      },
    })
  }
}
