import type { Database } from '../../database/database.ts'
import type { LastCall } from '../../database/events/eventStore.ts'

/** How far back the first run of a server looks. */
const firstDays = 90
/** Events arrive late: how much of what the run before looked at is looked at again. */
const overlapMs = 60 * 60 * 1_000
const dayMs = 24 * 60 * 60 * 1_000
/** How many projects a question is about, and how many calls a statement writes. */
const maxProjects = 1_000
const maxCalls = 5_000

/**
 * Makes a job that notes when flags were last called, as far as events in ClickHouse tell. Lists filter and sort by that time, and staleness
 * follows from it, so each flag holds it. Events in the database note it by themselves, by a trigger.
 */
export function createLastCallNotes({
  db,
  eventsElsewhere,
}: Pick<Database, 'db' | 'eventsElsewhere'>): (now: Date) => Promise<{ noted: number }> {
  let lookedAt: Date | null = null
  return async (now) => {
    if (eventsElsewhere === undefined) return { noted: 0 }
    const since = new Date(lookedAt === null ? now.getTime() - firstDays * dayMs : lookedAt.getTime() - overlapMs)
    let noted = 0
    for (let after = 0; ; ) {
      const projects = await db.project.findMany({
        where: { id: { gt: after }, eventSource: 'stored' },
        orderBy: { id: 'asc' },
        take: maxProjects,
        select: { id: true },
      })
      const last = projects.at(-1)
      if (last === undefined) break
      const calls = await eventsElsewhere.lastCalls(
        projects.map(({ id }) => id),
        since,
      )
      for (let place = 0; place < calls.length; place += maxCalls) noted += await noteCalls(db, calls.slice(place, place + maxCalls))
      after = last.id
    }
    lookedAt = now
    return { noted }
  }
}

/** Notes calls that are newer than what is known, and returns how many flags that changed. */
function noteCalls(db: Database['db'], calls: readonly LastCall[]): Promise<number> {
  // The flags are locked in the order of the trigger.
  return db.$executeRaw`
    WITH flags AS MATERIALIZED (
      SELECT f.id, c.at
      FROM json_to_recordset(${JSON.stringify(calls)}::json) AS c ("projectId" int, key text, at timestamptz)
      JOIN feature_flags f ON f.project_id = c."projectId" AND f.key = c.key AND NOT f.deleted
      WHERE f.last_event_at IS NULL OR f.last_event_at < c.at
      ORDER BY f.id FOR NO KEY UPDATE OF f
    )
    UPDATE feature_flags f SET last_event_at = flags.at FROM flags WHERE f.id = flags.id`
}
