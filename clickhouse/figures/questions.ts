import type { EventStore, PlanningEventStore } from '../../src/database/events/eventStore.ts'

/** After the last event. */
export const now = new Date('2026-11-29T00:00:00Z')

/** A question about events, of a project with the events of main.ts. */
type Ask = (store: EventStore & PlanningEventStore) => Promise<unknown>

const window = { from: new Date(now.getTime() - 7 * 86_400_000), to: now }
const names = Array.from({ length: 20 }, (_, index) => `event-${index}`)
const keys = Array.from({ length: 20 }, (_, index) => `flag-${index}`)
const exposure = {
  ...{ events: ['$feature_flag_called'], property: '$feature_flag_response', flag: 'flag-1', variants: ['control', 'test'] },
  ...{ since: new Date(now.getTime() - 30 * 86_400_000), until: now },
}
const starts = Array.from({ length: 31 }, (_, index) => now.getTime() + (index - 30) * 86_400_000)

export const questions: Record<string, Ask> = {
  'sample of 20 events of each of 20 names': async (store) => (await store.sample(names, { ...window, size: 20 })).value,
  'sample of 1,000 events of each of 20 names': async (store) => (await store.sample(names, { ...window, size: 1_000 })).value,
  'all names': (store) => store.names(),
  'names that contain a text, with their newest event': (store) => store.findNames('event-1', 20),
  'properties of 20 names': (store) => store.propertyNames(names),
  'which of 21 names are unknown': (store) => store.unknownNames([...names, 'never']),
  'calls of 1 flag, 30 days': async (store) => (await store.countCalls({ keys: ['flag-1'], starts, timezone: 'UTC' })).value,
  'calls of 20 flags, 30 days': async (store) => (await store.countCalls({ keys, starts, timezone: 'UTC' })).value,
  'the 200 newest people': (store) => store.recentPeople(200, 16_384),
  'number of people exposed in 30 days': (store) => store.countExposed([exposure], 100_000),
  'people exposed in 30 days': (store) => store.exposedPeople(exposure, 100_000),
  'their values of a property': (store) => store.exposureRows([{ ...exposure, activating: [], keys: ['plan'] }], 250_000),
}
