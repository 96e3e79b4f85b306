import { createHash } from 'node:crypto'
import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject, canonicalJson, isObject } from '../../../platform/json.ts'

/** What the numbers of a metric depend on, beside the metric itself. */
export interface MetricContext {
  startDate: Date | null
  statsConfig: unknown
  exposureCriteria: unknown
  onlyCountMaturedUsers: boolean
}

/**
 * Metrics, each with its fingerprint: SHA-256 over what its numbers depend on (experiments.md 8.1), so that numbers which were reckoned
 * another way are told from it. Launching changes it. What is no object is no metric, and left out.
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
