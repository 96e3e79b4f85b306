import { createHash } from 'node:crypto'
import type { Prisma } from '../../../database/generated/client.ts'
import { canonical } from '../../../platform/json.ts'
import { fieldsOf } from '../../featureFlags/rules/filterValues.ts'

/** What the numbers of a metric depend on, beside the metric itself. */
export interface MetricSetting {
  startDate: Date | null
  statsConfig: unknown
  exposureCriteria: unknown
  onlyCountMaturedUsers: boolean
}

/**
 * Metrics, each with its fingerprint: SHA-256 over what its numbers depend on (experiments.md 8.1), so that numbers which were reckoned
 * another way are told from it. Launching changes it. What is no object is no metric, and left out.
 */
export function fingerprinted(metrics: unknown, setting: MetricSetting): Prisma.InputJsonObject[] {
  const list: unknown[] = Array.isArray(metrics) ? metrics : []
  return list
    .map(fieldsOf)
    .filter((metric) => metric !== null)
    .map(({ uuid, fingerprint: _, ...defined }) => {
      const { startDate, statsConfig, exposureCriteria, onlyCountMaturedUsers } = setting
      const method = fieldsOf(statsConfig)?.method ?? 'bayesian'
      const text = canonical([defined, startDate?.toISOString() ?? null, method, exposureCriteria ?? null, onlyCountMaturedUsers])
      return {
        ...defined,
        ...(uuid === undefined ? {} : { uuid }),
        fingerprint: createHash('sha256').update(text).digest('hex'),
      } as Prisma.InputJsonObject
    })
}
