import { setTimeout as wait } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ReadReplicas } from '../../database/replicas/openReplicas.ts'
import type { PoolState } from '../../database/statements/observeStatements.ts'
import type { ChangeRequestCounts } from '../../features/approvals/data/countChangeRequests.ts'
import type { Observer, OperationActivity } from '../../platform/activity.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import type { LinkCounts } from '../../posthog/link/countLinks.ts'
import { createOperationLabels } from './operationLabels.ts'

// Loaded only if metrics are on.

/** How old the counts of change requests may be, and how long a scrape waits for them, in milliseconds. */
const maxCountAgeMs = 15_000
const maxCountWaitMs = 1_000

const prefix = 'experiments_graph_'
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const bytes = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7]

/** What is read at each scrape. */
export interface MetricSources {
  pool(): PoolState | null
  replicas: Pick<ReadReplicas, 'count' | 'fallbacks'> | undefined
  openSubscriptions(): number
  countChangeRequests(now: Date): Promise<ChangeRequestCounts>
  countLinks(now: Date): Promise<LinkCounts[]>
  clock: Clock
  log: Logger
}

export interface Metrics {
  observer: Observer
  /** Adds the metrics that are read at each scrape. */
  read(sources: MetricSources): void
  contentType: string
  /** All metrics in Prometheus' format. */
  text(): Promise<string>
}

/** Creates the metrics of this server, with those of the process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const labelOf = createOperationLabels()

  const requests = new Counter({
    name: `${prefix}http_requests_total`,
    help: 'HTTP requests by status. Health checks that succeed are left out.',
    labelNames: ['status'],
    registers,
  })
  const refusals = new Counter({
    name: `${prefix}refusals_total`,
    help: 'Requests and connections that were refused before the request could be read, by reason.',
    labelNames: ['reason'],
    registers,
  })
  const answerBytes = new Histogram({
    name: `${prefix}answer_bytes`,
    help: 'Size of answers before compression, as far as they were sent.',
    buckets: bytes,
    registers,
  })
  const operations = new Counter({
    name: `${prefix}operations_total`,
    help: 'GraphQL operations by name, kind and outcome.',
    labelNames: ['operation', 'kind', 'outcome'],
    registers,
  })
  const operationSeconds = new Histogram({
    name: `${prefix}operation_duration_seconds`,
    help: 'Time of an operation until its result is complete. Subscriptions are left out.',
    labelNames: ['operation'],
    buckets: seconds,
    registers,
  })
  const errors = new Counter({
    name: `${prefix}operation_errors_total`,
    help: 'Operations with an error of this code.',
    labelNames: ['code'],
    registers,
  })
  const statementSeconds = new Histogram({
    name: `${prefix}statement_duration_seconds`,
    help: 'Time of a statement, with its wait for a connection. A statement that requests share counts once. `system` is where it ran.',
    labelNames: ['system', 'result'],
    buckets: seconds,
    registers,
  })
  const jobSeconds = new Histogram({
    name: `${prefix}job_duration_seconds`,
    help: 'Time of a run of a job.',
    labelNames: ['job_name', 'result'],
    buckets: seconds,
    registers,
  })

  const upstreamSeconds = new Histogram({
    name: `${prefix}posthog_request_duration_seconds`,
    help: 'Time of a request to PostHog, by what it was for and its outcome. `throttled` is a refusal for too many requests.',
    labelNames: ['purpose', 'outcome'],
    buckets: seconds,
    registers,
  })
  const rounds = new Counter({
    name: `${prefix}link_rounds_total`,
    help: 'Rounds of following linked projects, and first copies, by result.',
    labelNames: ['result'],
    registers,
  })
  const linkRows = new Counter({
    name: `${prefix}link_rows_total`,
    help: 'Rows of PostHog that these rounds stored, deleted, or had to skip.',
    labelNames: ['action'],
    registers,
  })

  function countOperation({ name, kind, cost, outcome, codes, durationMs }: OperationActivity): void {
    // Refused operations do not use up names, so that no caller without a key can.
    const operation = cost === null || outcome === 'refused' ? 'refused' : labelOf(name)
    operations.inc({ operation, kind: kind ?? 'unknown', outcome })
    for (const code of codes) errors.inc({ code })
    if (kind !== 'subscription') operationSeconds.observe({ operation }, durationMs / 1000)
  }

  let refresh = async () => {}
  return {
    contentType: registry.contentType,
    text: async () => {
      await refresh()
      return registry.metrics()
    },
    read: (sources) => {
      refresh = addGauges(registry, sources)
    },
    observer: {
      onRequest: (request) => {
        requests.inc({ status: request.status })
        if (request.bytes > 0) answerBytes.observe(request.bytes)
        request.operations.forEach(countOperation)
      },
      onRefusal: ({ reason }) => refusals.inc({ reason }),
      onStatement: ({ system, durationMs, failed }) => statementSeconds.observe({ system, result: resultOf(failed) }, durationMs / 1000),
      onUpstreamRequest: ({ purpose, outcome, durationMs }) => upstreamSeconds.observe({ purpose, outcome }, durationMs / 1000),
      onLinkRound: ({ result, stored, deleted, skipped }) => {
        rounds.inc({ result })
        for (const [action, count] of Object.entries({ stored, deleted, skipped })) linkRows.inc({ action }, count)
      },
      onJob: ({ job, durationMs, failed }) => jobSeconds.observe({ job_name: job, result: resultOf(failed) }, durationMs / 1000),
    },
  }
}

const resultOf = (failed: boolean) => (failed ? 'failed' : 'ok')

/** Returns a function that reads what cannot be read at once. It is called before each scrape. */
function addGauges(
  registry: Registry,
  { pool, replicas, openSubscriptions, countChangeRequests, countLinks, clock, log }: MetricSources,
): () => Promise<void> {
  const registers = [registry]
  new Gauge({
    name: `${prefix}pool_connections`,
    help: 'Connections to PostgreSQL and its replicas, idle and busy.',
    labelNames: ['state'],
    registers,
    collect() {
      const state = pool()
      if (state === null) return
      this.set({ state: 'idle' }, state.idle)
      this.set({ state: 'busy' }, state.open - state.idle)
    },
  })
  new Gauge({
    name: `${prefix}pool_waiting`,
    help: 'Statements and transactions that wait for a connection.',
    registers,
    collect() {
      this.set(pool()?.waiting ?? 0)
    },
  })
  new Gauge({
    name: `${prefix}replicas`,
    help: 'Read replicas: used, or unused because they are too far behind or out of reach.',
    labelNames: ['state'],
    registers,
    collect() {
      if (replicas === undefined) return
      const { used, unused } = replicas.count()
      this.set({ state: 'used' }, used)
      this.set({ state: 'unused' }, unused)
    },
  })
  new Counter({
    name: `${prefix}replica_fallbacks_total`,
    help: 'Statements that the primary answered, because a replica failed in the middle of a request.',
    registers,
    collect() {
      this.reset()
      this.inc(replicas?.fallbacks() ?? 0)
    },
  })
  new Gauge({
    name: `${prefix}subscriptions_open`,
    help: 'Open subscriptions on this server.',
    registers,
    collect() {
      this.set(openSubscriptions())
    },
  })
  const newest = new Gauge({
    name: `${prefix}newest_change_requests`,
    help: 'The newest 1,000 change requests of all projects by state, at most 15 seconds old.',
    labelNames: ['state'],
    registers,
  })
  const open = new Gauge({
    name: `${prefix}open_change_requests`,
    help: 'All open change requests by state, at most 15 seconds old.',
    labelNames: ['state'],
    registers,
  })
  const labelNames = ['state']
  const links = new Gauge({
    name: `${prefix}links`,
    help: 'Projects that are linked to PostHog, by state, at most 15 seconds old.',
    labelNames,
    registers,
  })
  const lag = new Gauge({
    name: `${prefix}link_max_lag_seconds`,
    help: 'The time since the link that is furthest behind was in step with PostHog, by state.',
    labelNames,
    registers,
  })
  const behind = new Gauge({
    name: `${prefix}link_rows_behind`,
    help: 'Rows that are known to have changed in PostHog and are not stored yet, by state of their link.',
    labelNames,
    registers,
  })
  async function countAllLinks(now: Date): Promise<void> {
    for (const gauge of [links, lag, behind]) gauge.reset()
    const counts = await Promise.race([countLinks(now), wait(maxCountWaitMs, null, { ref: false })]).catch((err: unknown) => {
      log.warn({ err }, 'Metrics: links could not be counted.')
      return null
    })
    for (const { state, maxLag, behindBy, ...counted } of counts ?? []) {
      links.set({ state }, counted.links)
      if (maxLag !== null) lag.set({ state }, maxLag)
      behind.set({ state }, behindBy)
    }
  }
  let countedAt = Number.NEGATIVE_INFINITY
  return async () => {
    const now = clock()
    if (now.getTime() - countedAt < maxCountAgeMs) return
    countedAt = now.getTime()
    open.reset()
    newest.reset()
    const counts = await Promise.race([countChangeRequests(now), wait(maxCountWaitMs, null, { ref: false })]).catch((err: unknown) => {
      log.warn({ err }, 'Metrics: change requests could not be counted.')
      return null
    })
    for (const [state, count] of counts?.open ?? []) open.set({ state }, count)
    for (const [state, count] of counts?.newest ?? []) newest.set({ state }, count)
    await countAllLinks(now)
  }
}
