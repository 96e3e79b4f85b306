import pLimit from 'p-limit'
import { isObject, type JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { rowShape } from '../../client/shapes.ts'
import { chunk } from '../../import/writeRows.ts'
import { rowId } from '../connect/readList.ts'
import { rowPath } from '../connect/upstreamPaths.ts'
import { type Kind, kindOf } from '../store/kinds.ts'
import { type RoundContext, storeSeen } from './roundContext.ts'

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
    await storeSeen(context, kind, rows, mends)
    gone.push(...answers.flatMap(({ id, row }) => (row === 'gone' ? [id] : [])))
  }
  return gone
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
