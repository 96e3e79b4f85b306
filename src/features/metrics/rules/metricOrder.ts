// The order in which an experiment shows its metrics. It is stored as a list of UUIDs, which may name metrics that are gone, and need not
// name all.

interface Ordered {
  metric: { uuid: string | null }
}

/** Returns the metrics in their stored order. Those that it does not name come after, in the order given. */
export function inDisplayOrder<Metric extends Ordered>(metrics: readonly Metric[], storedOrder: unknown): Metric[] {
  const places = placesIn(storedOrder)
  const placeOf = ({ metric: { uuid } }: Metric) => (uuid === null ? undefined : places.get(uuid)) ?? places.size
  // Sorting is stable.
  return [...metrics].sort((a, b) => placeOf(a) - placeOf(b))
}

/**
 * Returns the order to store: the experiment's own metrics as given, and each saved one at the place that it had.
 *
 * @param own the UUIDs of the experiment's own metrics, in the new order
 * @param saved the UUIDs of the saved metrics. New ones come last.
 */
export function newOrder(own: readonly string[], saved: readonly string[], storedOrder: unknown): string[] {
  const places = placesIn(storedOrder)
  const kept = saved.filter((uuid) => places.has(uuid)).sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
  const order = own.filter((uuid) => !saved.includes(uuid))
  for (const uuid of kept) order.splice(places.get(uuid) ?? 0, 0, uuid)
  return [...new Set([...order, ...saved])]
}

function placesIn(storedOrder: unknown): Map<string, number> {
  const uuids = Array.isArray(storedOrder) ? storedOrder.filter((uuid) => typeof uuid === 'string') : []
  return new Map([...new Set(uuids)].map((uuid, place) => [uuid, place]))
}
