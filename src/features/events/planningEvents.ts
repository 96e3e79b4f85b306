import type { ReadClient } from '../../database/client.ts'
import type { EventsElsewhere, PlanningEventStore } from '../../database/events/eventStore.ts'
import { Prisma, type Project } from '../../database/generated/client.ts'
import { sampleEventsIn } from './eventSamples.ts'
import { countExposed, readExposedPeople, readExposureRows } from './exposures.ts'

/**
 * What a plan may ask about the events of a project, with its transaction open. Null if they are in PostHog: it is not asked then, because an
 * answer may take long.
 */
export function planningEvents(
  tx: ReadClient,
  { id, eventSource }: Pick<Project, 'id' | 'eventSource'>,
  elsewhere: EventsElsewhere | undefined,
): PlanningEventStore | null {
  if (eventSource === 'posthog') return null
  return elsewhere?.storeOf(id) ?? storedEventsIn(tx, id)
}

/** The events that are stored here, as a transaction sees them. */
function storedEventsIn(tx: ReadClient, projectId: number): PlanningEventStore {
  return {
    sample: async (names, window) => ({ asOf: window.to, value: await sampleEventsIn(tx, names, { ...window, projectId }) }),
    unknownNames: (names) => findUnknownNames(tx, projectId, names),
    countExposed: (questions, max) =>
      countExposed(
        tx,
        questions.map((question) => ({ ...question, projectId })),
        max,
      ),
    exposedPeople: (question, max) => readExposedPeople(tx, { ...question, projectId }, max),
    exposureRows: (questions, max) =>
      readExposureRows(
        tx,
        questions.map((question) => ({ ...question, projectId })),
        max,
      ),
  }
}

async function findUnknownNames(tx: ReadClient, projectId: number, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return []
  const unknown = await tx.$queryRaw<{ event: string }[]>(Prisma.sql`
    SELECT n.event FROM unnest(${[...names]}::text[]) WITH ORDINALITY AS n (event, place)
    WHERE NOT EXISTS (SELECT FROM events e WHERE e.project_id = ${projectId}::int AND e.event = n.event)
    ORDER BY n.place`)
  return unknown.map(({ event }) => event)
}
