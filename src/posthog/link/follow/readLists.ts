import { isObject } from '../../../platform/json.ts'
import { chunk } from '../../import/writeRows.ts'
import { withLease } from '../connect/lease.ts'
import { readWhole } from '../connect/readList.ts'
import { listPath } from '../connect/upstreamPaths.ts'
import type { Kind } from '../store/kinds.ts'
import { hashRow, prepareRow } from '../store/prepareRow.ts'
import { upstreamIdOf } from '../store/storeRows.ts'
import { type RoundContext, removeRows, storeSeen } from './roundContext.ts'
import { isSuspicious } from './rules.ts'

/** What reading a whole list found. */
export interface ListResult {
  /** Rows that differed from what is here. */
  mended: number
  /** Rows that are missing for the first time. They are looked for again soon. */
  missing: number
}

/**
 * Reads a whole list, and stores the rows whose content changed. A row that is missing twice in a row is deleted here too: a single answer may
 * have been read while rows moved. Sets how many were kept (`marks.kept`).
 *
 * @param checksAll whether rows with a known content are compared with what is stored, too
 */
export async function readList(context: RoundContext, kind: Kind, checksAll: boolean): Promise<ListResult> {
  const { client, link, database, holder, marks } = context
  const path = listPath(kind, link)
  if (path === null) return { mended: 0, missing: 0 }
  const { rows, complete } = await readWhole(client, path, { paged: kind.paged, query: kind.fixedOrder })
  const { projectId } = link
  const stored = await database.db.linkRow.findMany({ where: { projectId, kind: kind.name } })
  const known = new Map(stored.map((row) => [row.upstreamId, row]))
  const listed = new Map(
    rows.map((value) => [
      upstreamIdOf(kind.name, value),
      { value, hash: isObject(value) ? hashRow(prepareRow(kind.name, value)) : ''.padEnd(64) },
    ]),
  )
  const changed = [...listed].filter(([id, { hash }]) => checksAll || known.get(id)?.contentHash !== hash)
  const result = await storeSeen(
    context,
    kind,
    changed.map(([, { value }]) => value),
    checksAll,
  )
  await rememberHashes(
    context,
    kind,
    changed.map(([id, { hash }]) => [id, hash]),
  )
  const back = stored.filter(({ upstreamId, missingSince }) => missingSince !== null && listed.has(upstreamId))
  const missing = complete ? stored.filter(({ upstreamId }) => !listed.has(upstreamId)) : []
  const twice = missing.filter(({ missingSince }) => missingSince !== null)
  const once = missing.filter(({ missingSince }) => missingSince === null)
  const keepsAll = isSuspicious(twice.length, stored.length) && !marks.acceptsDeletions
  if (!keepsAll) {
    await removeRows(
      context,
      kind,
      twice.map(({ upstreamId }) => upstreamId),
    )
  }
  const setMissing = async (ids: readonly { upstreamId: string }[], missingSince: Date | null) => {
    for (const batch of chunk(ids, 1_000)) {
      const where = { projectId, kind: kind.name, upstreamId: { in: batch.map(({ upstreamId }) => upstreamId) } }
      await withLease(database, projectId, holder, ({ tx }) => tx.linkRow.updateMany({ where, data: { missingSince } }))
    }
  }
  await setMissing(back, null)
  await setMissing(once, context.now())
  marks.kept[kind.name] = keepsAll ? twice.length : 0
  return { mended: result.mended.length, missing: once.length }
}

async function rememberHashes(
  { database, link: { projectId }, holder }: RoundContext,
  kind: Kind,
  hashes: readonly (readonly [string, string])[],
): Promise<void> {
  for (const batch of chunk(hashes, 1_000)) {
    const ids = batch.map(([id]) => id)
    await withLease(database, projectId, holder, async ({ tx }) => {
      await tx.linkRow.deleteMany({ where: { projectId, kind: kind.name, upstreamId: { in: ids } } })
      await tx.linkRow.createMany({
        data: batch.map(([upstreamId, contentHash]) => ({ projectId, kind: kind.name, upstreamId, contentHash })),
      })
    })
  }
}
