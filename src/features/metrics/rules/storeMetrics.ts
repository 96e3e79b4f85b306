import { isDeepStrictEqual } from 'node:util'
import { asObject, isObject, type JsonObject } from '../../../platform/json.ts'
import type { GivenMetric } from './metricInput.ts'
import { metricUuid, storeMetric } from './parseMetric.ts'

/**
 * Returns the metrics to store for those of an input (experiments.md 8.1). A metric that has a UUID of a stored one keeps what types cannot
 * say of it. A metric gets a new UUID if it has none, or if an earlier one has the same.
 *
 * @param stored the metrics that the experiment has, of both roles
 * @param usedUuids the UUIDs that others have. Receives those of these metrics.
 */
export function storeMetrics(
  given: readonly GivenMetric[],
  stored: readonly unknown[],
  usedUuids: Set<string>,
  newUuid: () => string,
): unknown[] {
  const byUuid = new Map(stored.map((metric) => [metricUuid(metric), metric]))
  const take = (wanted: string | null) => {
    const uuid = wanted === null || usedUuids.has(wanted) ? newUuid() : wanted
    usedUuids.add(uuid)
    return uuid
  }
  return given.map((metric) => {
    if ('values' in metric) return storeMetric(metric.values, take(metric.uuid), metric.uuid === null ? null : byUuid.get(metric.uuid))
    const { raw } = metric
    const uuid = metricUuid(raw)
    if (!usedUuids.has(uuid) && isStoredAs(raw, stored)) {
      usedUuids.add(uuid)
      return raw
    }
    return isObject(raw) ? { ...raw, uuid: take(statedUuid(raw)) } : raw
  })
}

/** Whether a metric is among the stored ones, exactly as it is. */
export function isStoredAs(raw: unknown, stored: readonly unknown[]): boolean {
  return stored.some((metric) => isDeepStrictEqual(metric, raw))
}

/** The UUID that an input states for a metric. */
export function statedUuid(raw: unknown): string | null {
  const uuid = (asObject(raw) as JsonObject | null)?.uuid
  return typeof uuid === 'string' && uuid.trim() !== '' ? uuid.trim() : null
}
