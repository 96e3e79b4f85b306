import pLimit from 'p-limit'
import { isObject, type JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { rowShape } from '../../client/shapes.ts'
import { chunk } from '../../import/writeRows.ts'
import { rowId } from '../connect/readList.ts'
import { rowPath } from '../connect/upstreamPaths.ts'
import { type Kind, kindOf } from '../store/kinds.ts'
import type { StoreResult } from '../store/storeRows.ts'
import { upstreamIdOf } from '../store/storeRows.ts'
import { type RoundContext, removeRows, storeSeen } from './roundContext.ts'

const parallelReads = 4

/** What reading one row says. `hidden`: PostHog refuses it, which is no proof that it is gone. */
export type RowAnswer = { id: string; row: JsonObject } | { id: string; row: 'gone' | 'hidden' }

/** Reads rows one by one, a few at a time. */
export async function readRows({ client, link }: RoundContext, kind: Kind, ids: readonly string[]): Promise<RowAnswer[]> {
  const limit = pLimit(parallelReads)
  const read = async (id: string): Promise<RowAnswer> => {
    const path = rowPath(kind, link, id)
    if (path === null) return { id, row: 'hidden' }
    try {
      return { id, row: (await client.get(path, rowShape)).body }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      if (error.kind === 'not_found') return { id, row: 'gone' }
      if (error.kind === 'forbidden') return { id, row: 'hidden' }
      throw error
    }
  }
  return Promise.all(ids.map((id) => limit(() => read(id))))
}

/** Reads rows and stores them, with what they name. Returns those that are gone. */
export async function refreshRows(context: RoundContext, kind: Kind, ids: readonly string[], mends = false): Promise<string[]> {
  const gone: string[] = []
  for (const batch of chunk([...new Set(ids)], 50)) {
    const answers = await readRows(context, kind, batch)
    const rows = answers.flatMap(({ row }) => (isObject(row) ? [row] : []))
    if (kind.name === 'experiments') await ensureFlags(context, rows)
    await (kind.name === 'feature_flags' ? storeFlags(context, rows, mends) : storeSeen(context, kind, rows, mends))
    gone.push(...answers.flatMap(({ id, row }) => (row === 'gone' ? [id] : [])))
  }
  return gone
}

/**
 * Stores flags. If the key of one is that of another flag here, PostHog is asked for that one: it was renamed or deleted, or it is gone for good
 * because its key was taken. Then there is room for both.
 */
export async function storeFlags(context: RoundContext, values: readonly unknown[], mends = false): Promise<StoreResult> {
  const kind = kindOf('feature_flags')
  const result = await storeSeen(context, kind, values, mends)
  const waiting = values.filter((value) => result.skipped.get(upstreamIdOf(kind.name, value))?.startsWith('key must be unique'))
  if (waiting.length === 0) return result
  const keys = waiting.flatMap((value) => (isObject(value) && typeof value.key === 'string' ? [value.key] : []))
  const where = { projectId: context.link.projectId, deleted: false, importedId: { not: null }, key: { in: keys } }
  const holders = await context.database.db.featureFlag.findMany({ where, select: { importedId: true } })
  const answers = await readRows(
    context,
    kind,
    holders.map(({ importedId }) => String(importedId)),
  )
  // No two live flags of PostHog have one key, so this is no loss of access.
  const gone = answers.flatMap(({ id, row }) => (row === 'gone' ? [id] : []))
  await removeRows(context, kind, gone)
  const found = answers.flatMap(({ row }) => (isObject(row) ? [row] : []))
  const again = await storeSeen(context, kind, [...found, ...waiting], mends)
  return {
    changed: [...result.changed, ...again.changed],
    created: [...result.created, ...again.created],
    mended: [...result.mended, ...again.mended],
    older: [...result.older, ...again.older],
    skipped: new Map([...[...result.skipped].filter(([, reason]) => !reason.startsWith('key must be unique')), ...again.skipped]),
  }
}

/** Reads the flags that experiments name and that are not here: new ones, and deleted ones, which no list has. */
export async function ensureFlags(context: RoundContext, experiments: readonly unknown[]): Promise<void> {
  const ids = experiments.flatMap((row) => (isObject(row) ? (rowId(row.feature_flag) ?? []) : []))
  const numbers = [...new Set(ids)].map(Number).filter((id) => Number.isInteger(id) && id > 0 && id <= 2_147_483_647)
  if (numbers.length === 0) return
  const { projectId } = context.link
  const known = await context.database.db.featureFlag.findMany({
    where: { projectId, importedId: { in: numbers } },
    select: { importedId: true },
  })
  const knownIds = new Set(known.map(({ importedId }) => importedId))
  const missing = numbers.filter((id) => !knownIds.has(id)).map(String)
  if (missing.length === 0) return
  const flags = kindOf('feature_flags')
  const answers = await readRows(context, flags, missing)
  await storeSeen(
    context,
    flags,
    answers.flatMap(({ row }) => (isObject(row) ? [row] : [])),
  )
}
