import { allObservers, type Observer } from '../../platform/activity.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import { createAccessLog } from './accessLog.ts'
import type { MetricSources } from './metrics.ts'
import type { MetricsEndpoint } from './metricsEndpoint.ts'

/** What operators look at: the access log, metrics and traces, as far as the settings turn them on. */
export interface Telemetry {
  /** Undefined if all of it is off. */
  observer: Observer | undefined
  /** Opens the port for metrics, if there is one. Returns its URL. */
  serveMetrics(sources: MetricSources): Promise<string | null>
  /** Closes the port, and sends the traces that wait. */
  close(): Promise<void>
}

/**
 * Creates what the settings turn on. Packages for the rest are not loaded.
 *
 * @throws OperatorError if traces need a package that is not installed.
 */
export async function createTelemetry(
  config: Pick<Config, 'accessLog' | 'metricsHost' | 'metricsPort' | 'otlpEndpoint'>,
  log: Logger,
  clock: Clock,
): Promise<Telemetry> {
  const traces = config.otlpEndpoint === null ? null : await (await import('./traces.ts')).createTraces(config.otlpEndpoint, log)
  const metrics = config.metricsPort === null ? null : (await import('./metrics.ts')).createMetrics()
  const accessLog = config.accessLog ? createAccessLog(log, clock) : undefined
  let endpoint: MetricsEndpoint | null = null
  return {
    // Traces come first, because log lines name the trace.
    observer: allObservers([traces?.observer, metrics?.observer, accessLog].filter((observer) => observer !== undefined)),
    serveMetrics: async (sources) => {
      if (metrics === null || config.metricsPort === null) return null
      metrics.read(sources)
      const { openMetricsEndpoint } = await import('./metricsEndpoint.ts')
      endpoint = await openMetricsEndpoint(metrics, config.metricsHost, config.metricsPort)
      return endpoint.url
    },
    close: async () => {
      await endpoint?.close()
      await traces?.close()
    },
  }
}
