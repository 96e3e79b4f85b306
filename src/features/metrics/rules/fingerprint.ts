import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, canonicalJson, isObject, type JsonObject } from '../../../platform/json.ts'

/** The values that the results of a metric depend on, apart from the metric itself. */
export interface MetricContext {
  startDate: Date | null
  statsConfig: unknown
  exposureCriteria: unknown
  onlyCountMaturedUsers: boolean
}

/**
 * Returns the metrics with their fingerprints (experiments.md 8.1). A fingerprint is the SHA-256 of everything that the results depend on, so
 * that outdated results can be recognized. A launch changes it. Entries that are not objects are left out.
 */
export function fingerprintMetrics(metrics: unknown, metricContext: MetricContext): Prisma.InputJsonObject[] {
  return (asArray(metrics) ?? []).filter(isObject).map((metric) => fingerprintMetric(metric, metricContext))
}

function fingerprintMetric({ uuid, fingerprint: _, ...definition }: JsonObject, metricContext: MetricContext): Prisma.InputJsonObject {
  const { startDate, statsConfig, exposureCriteria, onlyCountMaturedUsers } = metricContext
  const method = asObject(statsConfig)?.method ?? 'bayesian'
  const text = canonicalJson([definition, startDate?.toISOString() ?? null, method, exposureCriteria ?? null, onlyCountMaturedUsers])
  return {
    ...definition,
    ...(uuid === undefined ? {} : { uuid }),
    fingerprint: createHash('sha256').update(text).digest('hex'),
  } as Prisma.InputJsonObject
}

/**
 * Returns metrics with their fingerprints, and keeps those that are stored exactly so: they, and what their results depend on, stay. Entries
 * that are not objects stay as they are.
 */
export function fingerprintChanged(metrics: readonly unknown[], stored: readonly unknown[], metricContext: MetricContext): unknown[] {
  const isStored = (metric: unknown) => stored.some((other) => isDeepStrictEqual(other, metric))
  return metrics.map((metric) => (isObject(metric) && !isStored(metric) ? fingerprintMetric(metric, metricContext) : metric))
}
