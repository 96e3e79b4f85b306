import { UpstreamError } from '../../../platform/upstreamError.ts'
import { clientName } from '../../client/postHogClient.ts'
import { type ActivityRow, activityShape, pageShape } from '../../client/shapes.ts'
import { person } from '../../rows/fields.ts'
import { findOrCreateUsers } from '../../rows/users.ts'
import { kindOfEntry } from '../connect/hooks.ts'
import { projectPath } from '../connect/upstreamPaths.ts'
import type { KindName } from '../store/kinds.ts'
import { inProject, type RoundContext } from './roundContext.ts'
import { overlapMs } from './rules.ts'

const pageSize = 100
/** The most that PostHog answers. It gets past entries that are known, or of one moment. */
const maxPageSize = 1_000
/** Of a time without a link, or of a storm, the lists say the rest. */
const maxPages = 10
const maxSeen = 1_000

/** A row that the log names. */
export interface LoggedChange {
  kind: KindName
  id: string
  isDeletion: boolean
}

/**
 * Reads what is new in the activity log, if the key may read it: which rows changed, and by whom. It is written after the fact and can miss
 * entries, so it is never the only source.
 *
 * @param triesAgain whether to ask even if the key could not read it before
 * @param keepsMark whether what is found is new the next time, too: who only asks for people must not hide the rest
 */
export async function readActivityLog(
  context: RoundContext,
  { triesAgain = false, keepsMark = false }: { triesAgain?: boolean; keepsMark?: boolean } = {},
): Promise<LoggedChange[]> {
  const { marks, link } = context
  const { log } = marks
  if (log.off && !triesAgain) return []
  const path = projectPath(link.upstreamProjectId, 'advanced_activity_logs/')
  const seen = new Set(log.seen)
  const entries: ActivityRow[] = []
  let since = log.since ?? marks.flags.active.mark ?? context.now().toISOString()
  let start = new Date(Date.parse(since) - overlapMs).toISOString()
  let size = pageSize
  try {
    for (let page = 0; page < maxPages; page++) {
      const { body } = await context.client.get(path, pageShape, { ordering: 'created_at', start_date: start, page_size: size })
      const rows = body.results.flatMap((row) => activityShape.safeParse(row).data ?? [])
      const fresh = rows.filter(({ id }) => !seen.has(id))
      for (const entry of fresh) {
        seen.add(entry.id)
        entries.push(entry)
        if (Date.parse(entry.created_at) > Date.parse(since)) since = entry.created_at
      }
      const last = rows.at(-1)?.created_at
      if (body.results.length < size || last === undefined) break
      // Behind a page of known entries, there can be new ones: more than a page can come within the overlap.
      const isSlow = fresh.length === 0 || last === start
      if (last === start && size === maxPageSize) break
      size = isSlow ? maxPageSize : pageSize
      start = last
    }
  } catch (error) {
    if (!(error instanceof UpstreamError) || !['forbidden', 'not_found', 'no_endpoint', 'payment_required', 'invalid'].includes(error.kind))
      throw error
    marks.log = { ...log, off: true }
    return []
  }
  if (!keepsMark) marks.log = { ...log, off: false, since, seen: [...seen].slice(-maxSeen), readAt: context.startedAt.toISOString() }
  await rememberPeople(context, entries)
  return entries.flatMap((entry) => {
    const kind = kindOfEntry(entry.scope, entry.detail?.type)
    // What this service wrote itself, it stored from the answer.
    if (kind === null || entry.item_id == null || entry.client === clientName) return []
    return [{ kind, id: String(entry.item_id), isDeletion: entry.activity === 'deleted' }]
  })
}

async function rememberPeople(context: RoundContext, entries: readonly ActivityRow[]): Promise<void> {
  const people = entries.flatMap((entry) => {
    const kind = kindOfEntry(entry.scope, entry.detail?.type)
    const who = person.safeParse(entry.user).data ?? null
    return kind === null || who === null || entry.item_id == null ? [] : [{ key: `${kind}:${entry.item_id}`, who }]
  })
  if (people.length === 0) return
  const userId = await inProject(context, ({ unit, project }) =>
    findOrCreateUsers(
      unit.tx,
      project.organizationId,
      people.map(({ who }) => who),
    ),
  )
  for (const { key, who } of people) {
    const id = userId(who)
    if (id !== null) context.changedBy.set(key, id)
  }
}
