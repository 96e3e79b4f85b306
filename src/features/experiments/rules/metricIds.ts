import { randomUUID } from 'node:crypto'
import { type Fields, fieldsOf } from '../../featureFlags/rules/filterValues.ts'

/**
 * Metrics, each with a UUID of its own (experiments.md 8.1): a missing one is made; of two that are the same, in either list or in `taken`,
 * the later is made anew. What is no object is no metric, and left out.
 */
export function withIds(primary: readonly unknown[], secondary: readonly unknown[], taken: ReadonlySet<string>): [Fields[], Fields[]] {
  const used = new Set(taken)
  const named = (fields: Fields): Fields => {
    const given = typeof fields.uuid === 'string' ? fields.uuid.trim() : ''
    const uuid = given === '' || used.has(given) ? randomUUID() : given
    used.add(uuid)
    return { ...fields, uuid }
  }
  return [metricsIn(primary).map(named), metricsIn(secondary).map(named)]
}

/** Metrics of a copy: each with a fresh UUID, and the orders of display told in the fresh ones. */
export function withFreshIds(
  primary: readonly unknown[],
  secondary: readonly unknown[],
  orders: readonly unknown[],
): { primary: Fields[]; secondary: Fields[]; orders: unknown[] } {
  const renamed = new Map<unknown, string>()
  const fresh = (fields: Fields): Fields => {
    const uuid = randomUUID()
    if (typeof fields.uuid === 'string') renamed.set(fields.uuid, uuid)
    return { ...fields, uuid }
  }
  const [first, second] = [metricsIn(primary).map(fresh), metricsIn(secondary).map(fresh)]
  const remapped = orders.map((order) => (Array.isArray(order) ? order.map((uuid: unknown) => renamed.get(uuid) ?? uuid) : null))
  return { primary: first, secondary: second, orders: remapped }
}

function metricsIn(list: readonly unknown[]): Fields[] {
  return list.map(fieldsOf).filter((metric) => metric !== null)
}
