import { z } from 'zod'
import { canonicalJson, isObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { chunk } from '../../import/writeRows.ts'
import { pageSize, readPage, rowId } from '../connect/readList.ts'
import { listPath, projectPath } from '../connect/upstreamPaths.ts'
import type { Kind } from '../store/kinds.ts'
import { readActivityLog } from './activityLog.ts'
import { ensureFlags, readRows, refreshRows, storeFlags } from './readRows.ts'
import { type RoundContext, removeRows, storeSeen } from './roundContext.ts'
import { isSuspicious } from './rules.ts'

/** What a comparison of all rows found. */
export interface Comparison {
  /** Rows that differed from PostHog's, the deleted ones included. */
  repairs: number
  /** How many rows PostHog lists. */
  listed: number
}

const maxRows = 2_000_000

/** Compares all flags, or all experiments, with PostHog's lists, and mends what differs. Sets how many were kept (`marks.kept`). */
export async function compareRows(context: RoundContext, kind: Kind): Promise<Comparison> {
  const path = listPath(kind, context.link)
  if (path === null) throw new Error(`The list of ${kind.label} has no path.`)
  const listed = new Set<number>()
  let repairs = 0
  let lists = 0
  for (const archived of [false, true]) {
    for (let offset = 0; offset < maxRows; ) {
      const page = await readPage(context.client, path, { ...kind.fixedOrder, archived }, offset)
      for (const row of page.rows) {
        const id = Number(rowId(row))
        if (Number.isInteger(id)) listed.add(id)
      }
      if (offset === 0) lists += page.count ?? 0
      repairs += await mendPage(context, kind, page.rows)
      if (page.isLast) break
      // One row again, so that a deletion meanwhile moves no row past the reading.
      offset += Math.max(1, page.rows.length === pageSize ? pageSize - 1 : page.rows.length - 1)
    }
  }
  const deleted = await mendMissing(context, kind, listed)
  return { repairs: repairs + deleted, listed: Math.max(listed.size, lists) }
}

async function mendPage(context: RoundContext, kind: Kind, rows: readonly unknown[]): Promise<number> {
  const light = kind.name === 'experiments' && rows.some((row) => !(isObject(row) && 'metrics' in row))
  if (light) {
    const ids = await differingExperiments(context, rows)
    const stored = context.counts.stored
    await refreshRows(context, kind, ids, true)
    return context.counts.stored - stored
  }
  if (kind.name === 'experiments') await ensureFlags(context, rows)
  for (const row of rows) context.seen.delete(`${kind.name}:${rowId(row)}`)
  const { mended, older } = await (kind.name === 'feature_flags' ? storeFlags(context, rows) : storeSeen(context, kind, rows))
  // They look older than what is here. Asked one by one, PostHog says what is true.
  const stored = context.counts.stored
  await refreshRows(context, kind, older, true)
  return mended.length + (context.counts.stored - stored)
}

/** The experiments of a light list that are not here, or not as the list says. */
export async function differingExperiments({ database, link }: RoundContext, rows: readonly unknown[]): Promise<string[]> {
  const ids = rows.flatMap((row) => rowId(row) ?? [])
  const stored = await database.db.experiment.findMany({
    where: { projectId: link.projectId, importedId: { in: ids.map(Number).filter(Number.isInteger) } },
    select: {
      importedId: true,
      updatedAt: true,
      name: true,
      archived: true,
      deleted: true,
      startDate: true,
      endDate: true,
      conclusion: true,
      parameters: true,
    },
  })
  const byId = new Map(stored.map((row) => [String(row.importedId), row]))
  return rows.flatMap((row) => {
    const id = rowId(row)
    if (id === null || !isObject(row)) return []
    const here = byId.get(id)
    const isSame =
      here !== undefined &&
      !here.deleted &&
      sameTime(here.updatedAt, row.updated_at) &&
      sameTime(here.startDate, row.start_date) &&
      sameTime(here.endDate, row.end_date) &&
      here.name === row.name &&
      here.archived === (row.archived === true) &&
      here.conclusion === (row.conclusion ?? null) &&
      canonicalJson(here.parameters ?? null) === canonicalJson(row.parameters ?? null)
    return isSame ? [] : [id]
  })
}

function sameTime(here: Date | null, there: unknown): boolean {
  return typeof there === 'string' ? here?.getTime() === Date.parse(there) : here === null
}

/** Rows of ours that are in no list. Each is asked for: some are hidden on purpose, some deleted, some gone. Returns how many were deleted. */
async function mendMissing(context: RoundContext, kind: Kind, listed: ReadonlySet<number>): Promise<number> {
  const gone: string[] = []
  let known = 0
  let deleted = 0
  for (let after = 0; ; ) {
    const rows = await liveIds(context, kind, after)
    const last = rows.at(-1)
    if (last === undefined) break
    known += rows.length
    after = last
    const missing = rows.filter((id) => !listed.has(id)).map(String)
    const before = context.counts.stored
    // A deleted flag is answered with its mark, and stored with it.
    gone.push(...(await refreshRows(context, kind, missing)))
    deleted += context.counts.stored - before
  }
  const { marks } = context
  const asksLog = isSuspicious(gone.length, known) && !marks.acceptsDeletions
  const proven = asksLog ? await loggedDeletions(context, kind) : new Set<string>()
  const unproven = gone.filter((id) => !proven.has(id))
  const kept = new Set(isSuspicious(unproven.length, known) && !marks.acceptsDeletions ? unproven : [])
  marks.kept[kind.name] = kept.size
  const before = context.counts.deleted
  await removeRows(
    context,
    kind,
    gone.filter((id) => !kept.has(id)),
  )
  return deleted + context.counts.deleted - before
}

/** The rows of a kind that the activity log calls deleted. If it cannot be read now, the next round reads it. */
async function loggedDeletions(context: RoundContext, kind: Kind): Promise<ReadonlySet<string>> {
  try {
    const changes = await readActivityLog(context, { keepsMark: true })
    return new Set(changes.flatMap((change) => (change.isDeletion && change.kind === kind.name ? [change.id] : [])))
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.kind === 'unauthenticated') throw error
    context.marks.log.readAt = null
    return new Set()
  }
}

/** How many rows the lists should have: the live ones here that come from there, and those that cannot be stored. */
export async function countListed({ database: { db }, link: { projectId } }: RoundContext, kind: Kind): Promise<number> {
  const live =
    kind.name === 'experiments'
      ? await db.experiment.count({ where: { projectId, deleted: false, importedId: { not: null } } })
      : await db.featureFlag.count({
          where: { projectId, deleted: false, importedId: { not: null }, usedBySurvey: false, usedByProductTour: false },
        })
  return live + (await db.linkSkippedRow.count({ where: { projectId, kind: kind.name } }))
}

async function liveIds({ database, link }: RoundContext, kind: Kind, after: number): Promise<number[]> {
  const query = { where: { projectId: link.projectId, deleted: false, importedId: { gt: after } }, select: { importedId: true } } as const
  const page = { orderBy: { importedId: 'asc' }, take: 1_000 } as const
  const rows =
    kind.name === 'experiments'
      ? await database.db.experiment.findMany({ ...query, ...page })
      : await database.db.featureFlag.findMany({ ...query, ...page })
  return rows.flatMap(({ importedId }) => importedId ?? [])
}

const keysShape = z.looseObject({ keys: z.record(z.string(), z.unknown()) })

/**
 * Finds flags that were deleted, without reading the lists: PostHog says of many ids which still have a key. Returns the deleted ones, or null if
 * this PostHog cannot say it.
 */
export async function findDeletedFlags(context: RoundContext, kind: Kind): Promise<string[] | null> {
  const path = projectPath(context.link.upstreamProjectId, 'feature_flags/bulk_keys/')
  const deleted: string[] = []
  try {
    for (let after = 0; ; ) {
      const ids = await liveIds(context, kind, after)
      const last = ids.at(-1)
      if (last === undefined) return deleted
      const { body } = await context.client.send({ method: 'POST', path, body: { ids }, repeatable: true })
      const { data } = keysShape.safeParse(body)
      if (data === undefined) return null
      deleted.push(...ids.map(String).filter((id) => !Object.hasOwn(data.keys, id)))
      after = last
    }
  } catch (error) {
    if (error instanceof UpstreamError && error.kind !== 'unavailable' && error.kind !== 'throttled') return null
    throw error
  }
}

/** Reads flags that seem to be deleted. Those that PostHog answers with their mark are stored, and no more is done. Returns how many were. */
export async function readDeletedFlags(context: RoundContext, kind: Kind, ids: readonly string[]): Promise<number> {
  let stored = 0
  for (const batch of chunk(ids, 100)) {
    const answers = await readRows(context, kind, batch)
    const rows = answers.flatMap(({ row }) => (isObject(row) ? [row] : []))
    stored += (await storeSeen(context, kind, rows)).changed.length
    const gone = answers.flatMap(({ id, row }) => (row === 'gone' ? [id] : []))
    // A few that are gone for good: their key was taken by a new flag.
    if (gone.length <= 2) {
      await removeRows(context, kind, gone)
      stored += gone.length
    }
  }
  return stored
}
