import type { Db } from '../../../database/client.ts'
import type { KindName } from '../store/kinds.ts'

/** In place of an id in PostHog: the whole list is to be read. No webhook can name it. */
export const wholeList = '*'

/** Asks for rows to be read with the next round. */
export async function hintRows(
  db: Db,
  { projectId, kind, now }: { projectId: number; kind: KindName; now: Date },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  const data = ids.map((upstreamId) => ({ projectId, kind, upstreamId, dueAt: now }))
  await db.linkHint.createMany({ data, skipDuplicates: true })
}
