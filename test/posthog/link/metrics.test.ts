import { afterAll, describe, expect, it } from 'vitest'
import { createLogger } from '../../../src/platform/logger.ts'
import { countLinks } from '../../../src/posthog/link/countLinks.ts'
import { createTelemetry } from '../../../src/server/telemetry/telemetry.ts'
import { linkStage } from './support.ts'

describe('the metrics of links', async () => {
  const log = createLogger({ logLevel: 'silent' })
  const settings = { accessLog: false, metricsHost: '127.0.0.1', metricsPort: 0, otlpEndpoint: null }
  const telemetry = await createTelemetry(settings, log, () => new Date())
  const stage = await linkStage({}, {}, telemetry.observer)
  const { posthog, db, clock, copied, round } = stage
  const url = (await telemetry.serveMetrics({
    ...{
      pool: () => null,
      replicas: undefined,
      openSubscriptions: () => 0,
      countChangeRequests: async () => ({ open: [], newest: [] }) as never,
    },
    ...{ countLinks: (now: Date) => countLinks(db, now), clock: clock.now, log },
  })) as string
  afterAll(() => telemetry.close())
  const read = async (series: string) => {
    const line = (await (await fetch(url)).text()).split('\n').find((each) => each.startsWith(`experiments_graph_${series} `))
    return line === undefined ? null : Number(line.split(' ').at(-1))
  }

  it('tell of states, rows, rounds and requests, and name no project, host or key', async () => {
    posthog.fill({ flags: 5, experiments: 1 })
    await copied()
    posthog.person.updateFlag(1, { name: 'Changed' })
    await round()
    expect(await read('links{state="following"}')).toBe(1)
    expect(await read('link_max_lag_seconds{state="following"}')).toBe(0)
    expect(await read('link_rows_behind{state="following"}')).toBe(0)
    expect(await read('link_rows_total{action="stored"}')).toBeGreaterThanOrEqual(7)
    expect(await read('link_rounds_total{result="ok"}')).toBeGreaterThanOrEqual(2)
    expect(await read('posthog_request_duration_seconds_count{purpose="follow",outcome="ok"}')).toBeGreaterThan(10)
    const text = await (await fetch(url)).text()
    for (const secret of [posthog.key.token, posthog.origin, 'project_id']) expect(text).not.toContain(secret)
  })

  it('tell of refusals, failures, and of how far behind a link is', async () => {
    posthog.faults.on({ kind: 'throttled', seconds: 30, times: 1 })
    posthog.faults.on({ kind: 'serverError', on: 'feature_flags', times: 10 })
    await round()
    await round(600)
    posthog.faults.allOff()
    expect(await read('posthog_request_duration_seconds_count{purpose="follow",outcome="throttled"}')).toBe(1)
    expect(await read('posthog_request_duration_seconds_count{purpose="follow",outcome="failed"}')).toBeGreaterThan(0)
    expect(await read('link_rounds_total{result="failed"}')).toBeGreaterThan(0)
    expect(await read('links{state="failing"}')).toBe(1)
    expect(await read('link_max_lag_seconds{state="failing"}')).toBeGreaterThan(600)
  })
})
