import { maxEventNames } from '../../database/events/eventStore.ts'
import { Prisma } from '../../database/generated/client.ts'
import type { Context } from '../../graphql/context.ts'
import { coalescedLoaderByParent } from '../../graphql/dataLoaders.ts'
import { asArray, isObject } from '../../platform/json.ts'
import { compareCodePoints } from '../../platform/text/compareCodePoints.ts'

/** A selection of events: these names or, if `includesAll`, every name of the project. */
export interface EventSelection {
  names: string[]
  includesAll: boolean
}

/**
 * The events that the steps of an action match. A step without an event name matches every event (experiments.md 13.1). A malformed
 * step matches none.
 */
export function eventsFromActionSteps(steps: unknown): EventSelection {
  const events = (asArray(steps) ?? []).filter(isObject).map(({ event }) => event ?? '')
  return {
    names: events.filter((event) => typeof event === 'string').filter((event) => event !== ''),
    includesAll: events.includes(''),
  }
}

// A skip scan with one index probe per name: SELECT DISTINCT would read every event of the project.
const eventNameLoader = coalescedLoaderByParent<{ parentId: number; event: string }>(
  (_context, projectIds) => Prisma.sql`
    WITH RECURSIVE names AS (
      SELECT p.id AS project_id, first.event, 1 AS rank
      FROM unnest(${projectIds}::int[]) AS p (id)
      CROSS JOIN LATERAL (SELECT e.event FROM events e WHERE e.project_id = p.id ORDER BY e.event LIMIT 1) AS first
      UNION ALL
      SELECT n.project_id, next.event, n.rank + 1
      FROM names n
      CROSS JOIN LATERAL (
        SELECT e.event FROM events e WHERE e.project_id = n.project_id AND e.event > n.event ORDER BY e.event LIMIT 1
      ) AS next
      WHERE n.rank < ${maxEventNames}
    )
    SELECT project_id AS "parentId", event FROM names ORDER BY project_id, rank`,
)

/** The event names of a project, by code point: at most `maxEventNames`, which are the first in the database's order. */
export async function loadEventNames(context: Context, projectId: number): Promise<string[]> {
  return (await eventNameLoader(context).load(projectId)).map(({ event }) => event).sort(compareCodePoints)
}
