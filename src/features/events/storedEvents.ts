import { type EventStore, maxEventNames, type PlanningEventStore } from '../../database/events/eventStore.ts'
import type { Context } from '../../graphql/context.ts'
import { loadEventNames } from './eventNames.ts'
import { findStoredNames, loadEventProperties } from './eventProperties.ts'
import { sampleStoredEvents } from './eventSamples.ts'
import { exposedCountLoader, exposureRowsLoader } from './exposures.ts'
import { loadFlagCalls, loadNewestCall, maxCalls } from './flagCalls.ts'
import { loadRecentEvents } from './recentEvents.ts'

/** Tells who was exposed to experiments. */
export type ExposureStore = Pick<PlanningEventStore, 'countExposed' | 'exposureRows'>

/** 500 names with 1,000 events each, twice. */
const maxSampledEvents = 1_000_000

/** The events of a project that are stored here. What concurrent requests ask shares statements. */
export function storedEvents(context: Context, projectId: number): EventStore & ExposureStore {
  return {
    ...{ source: 'events', maxSampledEvents, maxCalls },
    sample: async (names, window) => ({ asOf: context.now, value: await sampleStoredEvents(context, names, { ...window, projectId }) }),
    names: () => loadEventNames(context, projectId),
    findNames: async (search, first) => {
      const rows = await findStoredNames(context, projectId, search, Math.min(first, maxEventNames))
      return rows.map(({ name, lastSeenAt }) => ({ name, lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt * 1_000) }))
    },
    propertyNames: async (names) =>
      new Map(await Promise.all(names.map(async (name) => [name, await loadEventProperties(context, { projectId, name })] as const))),
    countCalls: async ({ keys, starts }) => {
      const asOf = await loadNewestCall(context, projectId)
      if (asOf === null) return { asOf, value: new Map() }
      const days = [...starts]
      return {
        asOf,
        value: new Map(await Promise.all(keys.map(async (key) => [key, await loadFlagCalls(context, { projectId, key, days })] as const))),
      }
    },
    recentPeople: (size, maxBytes) => loadRecentEvents(context, { projectId, size, maxBytes }),
    countExposed: (questions, max) =>
      Promise.all(questions.map((question) => exposedCountLoader(context).load({ question: { ...question, projectId }, max }))),
    exposureRows: (questions, max) =>
      Promise.all(questions.map((question) => exposureRowsLoader(context).load({ question: { ...question, projectId }, max }))),
  }
}
