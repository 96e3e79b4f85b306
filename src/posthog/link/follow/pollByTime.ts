import { isObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { pageSize, readPage, rowId } from '../connect/readList.ts'
import { listPath } from '../connect/upstreamPaths.ts'
import { type Kind, kindOf } from '../store/kinds.ts'
import { readActivityLog } from './activityLog.ts'
import { differingExperiments } from './compareRows.ts'
import type { PassMark } from './marks.ts'
import { ensureFlags, refreshRows, storeFlags } from './readRows.ts'
import { isSeen, type RoundContext, storeSeen } from './roundContext.ts'
import { isSettled, newestOf, nextMark, readsOn, recentRows } from './rules.ts'

/** Rows without `updated_at` are skipped when the list is read again, but for so many, in case some have one now. */
const nullsAgain = 50
/** More pages than a list can have changed in. A list without an end would be read for ever otherwise. */
const maxPages = 5_000

/** What a pass found: its new mark, and how many rows were new or had changed. */
export interface PassResult {
  mark: PassMark
  created: number
  changed: number
}

/** Reads a list by falling `updated_at` until the first row that is surely known, and stores what changed. */
export async function pollByTime(context: RoundContext, kind: Kind, archived: boolean, before: PassMark): Promise<PassResult> {
  const path = listPath(kind, context.link)
  if (path === null) throw new Error(`The list of ${kind.label} has no path.`)
  const query = { order: '-updated_at', archived }
  // Rows without a time come first, and are never new. Reading begins near their end.
  const start = Math.max(0, before.nulls - nullsAgain)
  let top: string | null = null
  let serverTime: Date | null = null
  let nulls = start
  let count: number | null = null
  let created = 0
  let changed = 0
  for (let offset = start, pages = 0; pages < maxPages; pages++) {
    const page = await readPage(context.client, path, query, offset)
    const rows = page.rows.map((value) => ({ value, updatedAt: timeOf(value) }))
    // So many got a time since that a newer row may stand before this page.
    if (pages === 0 && offset > 0 && rows[0]?.updatedAt !== null) return pollByTime(context, kind, archived, { ...before, nulls: 0 })
    count = page.count ?? count
    nulls += rows.filter(({ updatedAt }) => updatedAt === null).length
    top ??= newestOf(rows)
    serverTime ??= page.date
    // The first page is always looked at. What is as it was costs nothing, and clocks can be wrong by more than the overlap.
    const recent = (pages === 0 ? rows : recentRows(rows, before.mark)).map(({ value }) => value)
    const isKnown = recent.every((value) =>
      kind.name === 'experiments' ? context.seen.get(lightKey(value)) === lightHash(value) : isSeen(context, kind, value),
    )
    const result = await (kind.name === 'experiments' ? storeExperiments(context, recent) : storeFlags(context, recent))
    created += result.created.length
    changed += result.changed.length
    // Hundreds of rows can have the same time, that of a migration. They are not all read again each time.
    if (page.isLast || !readsOn(rows, before.mark) || (isKnown && isSettled(rows, serverTime))) break
    offset += page.rows.length === pageSize ? pageSize : page.rows.length
  }
  return { mark: { mark: nextMark(before.mark, top, serverTime), nulls, count, readAt: context.startedAt.toISOString() }, created, changed }
}

/** Rows of the list lack their metrics on newer servers. Those that moved are read one by one then. */
async function storeExperiments(context: RoundContext, rows: readonly unknown[]): Promise<{ created: string[]; changed: string[] }> {
  const kind = kindOf('experiments')
  const unseen = rows.filter((row) => context.seen.get(lightKey(row)) !== lightHash(row))
  if (unseen.length === 0) return { created: [], changed: [] }
  // A server that has just started has seen nothing yet. What is stored tells it the most.
  const isNew = (row: unknown) => context.seen.get(lightKey(row)) === undefined
  const differing = new Set(await differingExperiments(context, unseen.filter(isNew)))
  const moved = unseen.filter((row) => !isNew(row) || differing.has(rowId(row) ?? ''))
  for (const row of unseen) if (!moved.includes(row)) context.seen.set(lightKey(row), lightHash(row))
  if (moved.length === 0) return { created: [], changed: [] }
  const known = await knownExperiments(context, moved)
  await askWhoChanged(context)
  const full = moved.filter((row) => isObject(row) && 'metrics' in row)
  await ensureFlags(context, full)
  await storeSeen(context, kind, full)
  await refreshRows(
    context,
    kind,
    moved.filter((row) => !full.includes(row)).flatMap((row) => rowId(row) ?? []),
  )
  const stored = await knownExperiments(context, moved)
  // One that could not be stored, because its flag is not here yet, is read again in the next round.
  for (const row of moved) if (stored.has(rowId(row) ?? '')) context.seen.set(lightKey(row), lightHash(row))
  return { created: [...stored].filter((id) => !known.has(id)), changed: [...stored] }
}

/** Only the activity log says who changed an experiment. If it cannot be read now, that stays unknown: experiments do not wait for it. */
async function askWhoChanged(context: RoundContext): Promise<void> {
  try {
    await readActivityLog(context, { keepsMark: true })
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.kind === 'unauthenticated') throw error
    const { projectId } = context.link
    context.log.warn({ projectId, reason: error.message }, 'Link: the activity log was not read. Who changed an experiment stays unknown.')
  }
}

async function knownExperiments({ database, link }: RoundContext, rows: readonly unknown[]): Promise<Set<string>> {
  const ids = rows.flatMap((row) => rowId(row) ?? []).map(Number)
  const where = { projectId: link.projectId, importedId: { in: ids.filter((id) => Number.isInteger(id) && id <= 2_147_483_647) } }
  const known = await database.db.experiment.findMany({ where, select: { importedId: true } })
  return new Set(known.map(({ importedId }) => String(importedId)))
}

const lightKey = (row: unknown) => `light experiments:${rowId(row)}`

/** What a light row says of a change: its time, and what its flag says of it. */
function lightHash(row: unknown): string {
  return JSON.stringify(isObject(row) ? [row.updated_at, row.status, row.archived, row.parameters, row.feature_flag] : row)
}

/** The time of a row. Null if it has none. */
function timeOf(row: unknown): string | null {
  const time = isObject(row) ? row.updated_at : null
  return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : null
}

/** Whether a list cannot be followed at all: the key was revoked, or has lost a scope. Nothing is deleted because of that. */
export function stopsLink(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && (error.kind === 'unauthenticated' || error.kind === 'forbidden')
}
