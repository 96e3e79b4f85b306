import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { maxEventNames } from '../../database/events/eventStore.ts'
import { Prisma } from '../../database/generated/client.ts'
import { coalesceQuery } from '../../database/queryCoalescer.ts'
import { likePattern } from '../../database/sql.ts'
import type { RowReader } from '../../database/statements/rowReader.ts'
import type { Context } from '../../graphql/context.ts'
import { coalescedLoadersByParent } from '../../graphql/dataLoaders.ts'

/** How many of the newest events of a name are read for their properties. */
export const sampledEvents = 100

/** An event name of a project. */
interface StoredNameRow {
  projectId: number
  name: string
  /** In seconds since 1970. */
  lastSeenAt: number
}

interface NameSearch {
  search: string
  first: number
}

/**
 * Reads the event names of a project that contain a text, by code point. As `loadEventNames`, it probes an index once per name, for at most
 * `maxEventNames` names.
 */
export function findStoredNames(context: Context, projectId: number, search: string, first: number): Promise<StoredNameRow[]> {
  return nameLoader(context, { search, first }).load(projectId)
}

const nameLoader = coalescedLoadersByParent<NameSearch, StoredNameRow & { parentId: number }>(
  ({ search, first }, projectIds) => Prisma.sql`
      SELECT p.id AS "parentId", p.id AS "projectId", found.name, found."lastSeenAt"
      FROM unnest(${projectIds}::int[]) AS p (id)
      CROSS JOIN LATERAL (
        WITH RECURSIVE names AS (
          (SELECT e.event, 1 AS rank FROM events e WHERE e.project_id = p.id ORDER BY e.event LIMIT 1)
          UNION ALL
          SELECT next.event, n.rank + 1
          FROM names n
          CROSS JOIN LATERAL (
            SELECT e.event FROM events e WHERE e.project_id = p.id AND e.event > n.event ORDER BY e.event LIMIT 1
          ) AS next
          WHERE n.rank < ${maxEventNames}
        )
        SELECT n.event AS name, (
          SELECT extract(epoch FROM e.timestamp)::float8 FROM events e WHERE e.project_id = p.id AND e.event = n.event
          ORDER BY e.timestamp DESC, e.id DESC LIMIT 1
        ) AS "lastSeenAt"
        FROM names n WHERE n.event ILIKE ${likePattern(search)}
        ORDER BY n.event COLLATE "C" LIMIT ${first}
      ) AS found
      ORDER BY p.id, found.name COLLATE "C"`,
)

/** The loader of the property names of events. It takes a project and an event name as JSON. */
const propertiesLoader = createContextCache(
  (context: Context) =>
    new DataLoader<string, string[]>(async (asked) => {
      const answers = await coalesceQuery(context, queryProperties, asked, (all) => queryProperties(context.db, all))
      return asked.map((question) => answers.get(question) ?? [])
    }),
)

/** The names of the properties of the newest events of a name, by code point. */
export const loadEventProperties = (context: Context, { projectId, name }: Pick<StoredNameRow, 'projectId' | 'name'>): Promise<string[]> =>
  propertiesLoader(context).load(JSON.stringify({ projectId, name }))

async function queryProperties(db: RowReader, asked: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await db.queryRows<{ rank: number; names: string[] }>(Prisma.sql`
    SELECT a.rank::int, ARRAY(
      SELECT DISTINCT property COLLATE "C" FROM (
        SELECT e.properties FROM events e WHERE e.project_id = a."projectId" AND e.event = a.name
        ORDER BY e.timestamp DESC, e.id DESC LIMIT ${sampledEvents}
      ) AS newest
      CROSS JOIN LATERAL unnest(event_property_names(newest.properties)) AS property
      ORDER BY 1
    ) AS names
    FROM ROWS FROM (json_to_recordset(${`[${asked.join()}]`}::json) AS ("projectId" int, name text)) WITH ORDINALITY AS a ("projectId", name, rank)`)
  return new Map(rows.map(({ rank, names }) => [asked[rank - 1] ?? '', names]))
}
