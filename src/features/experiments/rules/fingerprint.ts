import { createHash } from 'node:crypto'
import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, canonicalJson, isObject } from '../../../platform/json.ts'

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
  return (asArray(metrics) ?? []).filter(isObject).map(({ uuid, fingerprint: _, ...definition }) => {
    const { startDate, statsConfig, exposureCriteria, onlyCountMaturedUsers } = metricContext
    const method = asObject(statsConfig)?.method ?? 'bayesian'
    const text = canonicalJson([definition, startDate?.toISOString() ?? null, method, exposureCriteria ?? null, onlyCountMaturedUsers])
    return {
      ...definition,
      ...(uuid === undefined ? {} : { uuid }),
      fingerprint: createHash('sha256').update(text).digest('hex'),
    } as Prisma.InputJsonObject
  })
}
