import { randomUUID } from 'node:crypto'
import type { Prisma } from '../../../database/generated/client.ts'
import { isObject, type JsonObject } from '../../../platform/json.ts'

/**
 * Returns the metrics, each with a unique UUID (experiments.md 8.1). A metric gets a new UUID if it has none, or if an earlier metric or
 * `reservedUuids` has the same. Entries that are not objects are left out.
 */
export function assignMetricIds(
  primary: readonly unknown[],
  secondary: readonly unknown[],
  reservedUuids: ReadonlySet<string> = new Set(),
  newUuid: () => string = randomUUID,
): [Prisma.InputJsonObject[], Prisma.InputJsonObject[]] {
  const usedUuids = new Set(reservedUuids)
  const withUuid = (fields: JsonObject) => {
    const currentUuid = typeof fields.uuid === 'string' ? fields.uuid.trim() : ''
    const uuid = currentUuid === '' || usedUuids.has(currentUuid) ? newUuid() : currentUuid
    usedUuids.add(uuid)
    return { ...fields, uuid } as Prisma.InputJsonObject
  }
  return [primary.filter(isObject).map(withUuid), secondary.filter(isObject).map(withUuid)]
}

/** Returns the metrics of a copy, each with a new UUID, and the display orders with the new UUIDs. */
export function regenerateMetricIds(
  primary: readonly unknown[],
  secondary: readonly unknown[],
  orders: readonly unknown[],
  newUuid: () => string = randomUUID,
): { primary: Prisma.InputJsonObject[]; secondary: Prisma.InputJsonObject[]; orders: unknown[] } {
  const newUuids = new Map<unknown, string>()
  const withNewUuid = (fields: JsonObject) => {
    const uuid = newUuid()
    if (typeof fields.uuid === 'string') newUuids.set(fields.uuid, uuid)
    return { ...fields, uuid } as Prisma.InputJsonObject
  }
  return {
    primary: primary.filter(isObject).map(withNewUuid),
    secondary: secondary.filter(isObject).map(withNewUuid),
    // Last, because the metrics above fill `newUuids`.
    orders: orders.map((order) => (Array.isArray(order) ? order.map((uuid: unknown) => newUuids.get(uuid) ?? uuid) : null)),
  }
}
