import type { Db } from '../../database/client.ts'
import type { LinkState } from '../../database/generated/client.ts'

/** The links in one state. */
export interface LinkCounts {
  state: LinkState
  links: number
  /** The seconds since the link that is furthest behind was in step with PostHog. Null if none of them ever was. */
  maxLag: number | null
  /** The rows that are known to have changed, and are not stored yet. */
  behindBy: number
}

/** Counts all links by state. There are as many rows as links, which are few. */
export function countLinks(db: Db, now: Date): Promise<LinkCounts[]> {
  return db.$queryRaw<LinkCounts[]>`
    SELECT state::text AS state, count(*)::int AS links, sum(behind_by)::int AS "behindBy",
      greatest(0, extract(epoch FROM ${now}::timestamptz - min(last_sync_at)))::float8 AS "maxLag"
    FROM project_links GROUP BY state`
}
