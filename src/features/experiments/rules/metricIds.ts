import { randomUUID } from 'node:crypto'
import { isObject, type JsonObject } from '../../../platform/json.ts'

/**
 * Metrics, each with a UUID of its own (experiments.md 8.1): a missing one is made; of two that are the same, in either list or in `taken`,
 * the later is made anew. What is no object is no metric, and left out.
 */
export function assignMetricIds(
  primary: readonly unknown[],
  secondary: readonly unknown[],
  reservedUuids: ReadonlySet<string>,
): [JsonObject[], JsonObject[]] {
  const usedUuids = new Set(reservedUuids)
  const withUuid = (fields: JsonObject): JsonObject => {
    const currentUuid = typeof fields.uuid === 'string' ? fields.uuid.trim() : ''
    const uuid = currentUuid === '' || usedUuids.has(currentUuid) ? randomUUID() : currentUuid
    usedUuids.add(uuid)
    return { ...fields, uuid }
  }
  return [toMetricObjects(primary).map(withUuid), toMetricObjects(secondary).map(withUuid)]
}

/** Metrics of a copy: each with a fresh UUID, and the orders of display told in the fresh ones. */
export function regenerateMetricIds(
  primary: readonly unknown[],
  secondary: readonly unknown[],
  orders: readonly unknown[],
): { primary: JsonObject[]; secondary: JsonObject[]; orders: unknown[] } {
  const newUuids = new Map<unknown, string>()
  const withNewUuid = (fields: JsonObject): JsonObject => {
    const uuid = randomUUID()
    if (typeof fields.uuid === 'string') newUuids.set(fields.uuid, uuid)
    return { ...fields, uuid }
  }
  const [first, second] = [toMetricObjects(primary).map(withNewUuid), toMetricObjects(secondary).map(withNewUuid)]
  const remapped = orders.map((order) => (Array.isArray(order) ? order.map((uuid: unknown) => newUuids.get(uuid) ?? uuid) : null))
  return { primary: first, secondary: second, orders: remapped }
}

function toMetricObjects(list: readonly unknown[]): JsonObject[] {
  return list.filter(isObject)
}
