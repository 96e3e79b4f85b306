import { type UnitOfWork, withTransaction } from '../../../database/transaction.ts'
import { isObject, type JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { rowShape } from '../../client/shapes.ts'
import { projectNumbering } from '../../import/numbering.ts'
import { hintRows as hint, wholeList } from '../connect/hints.ts'
import { rowPath } from '../connect/upstreamPaths.ts'
import { type KindName, kindOf, kinds } from '../store/kinds.ts'
import { markDeleted } from '../store/markDeleted.ts'
import { type StoreContext, type StoreResult, storeRows } from '../store/storeRows.ts'
import type { Session } from './session.ts'

/** Reads one row. Null if PostHog has none, or none for this key. */
export async function readRow({ client, link }: Session, kind: KindName, id: string): Promise<JsonObject | null> {
  const path = rowPath(kindOf(kind), link, id)
  if (path === null) return null
  try {
    return (await client.get(path, rowShape)).body
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === 'not_found') return null
    throw error
  }
}

/** Rows by kind. They are stored in the order of the first copy, so that what others name comes before them. */
export type RowsByKind = Partial<Record<KindName, readonly JsonObject[]>>

/** Stores rows by the code of the mirror, in a transaction, and then does more in the same one. */
export function storeUpstream<Result>(
  session: Session,
  rows: RowsByKind,
  { announces, gone = {} }: { announces: boolean; gone?: Partial<Record<KindName, readonly string[]>> },
  then: (unit: UnitOfWork, stored: Partial<Record<KindName, StoreResult>>) => Promise<Result>,
): Promise<Result> {
  const { database, project, timing } = session
  return withTransaction(database, async (unit) => {
    const numbering = await projectNumbering(unit.tx, project.id)
    const context: StoreContext = { unit, project, numbering, now: timing.clock(), announces }
    const stored: Partial<Record<KindName, StoreResult>> = {}
    for (const kind of kinds) {
      const list = rows[kind.name] ?? []
      if (list.length > 0) stored[kind.name] = await storeRows(context, kind, list)
      const ids = gone[kind.name] ?? []
      if (ids.length > 0) await markDeleted(context, kind, ids)
    }
    if (!announces) await recordMoves(unit, project.id, stored)
    return then(unit, stored)
  })
}

/** Subscribers are told of everything that a write moved. Its activity entry is that of the mutation. */
async function recordMoves({ tx, recordChange }: UnitOfWork, projectId: number, stored: Partial<Record<KindName, StoreResult>>) {
  const where = (kind: KindName) => ({ projectId, importedId: { in: (stored[kind]?.changed ?? []).map(Number) } })
  if ((stored.feature_flags?.changed ?? []).length > 0) {
    const flags = await tx.featureFlag.findMany({ where: where('feature_flags'), select: { id: true } })
    for (const { id } of flags) recordChange({ projectId, featureFlagId: id })
  }
  if ((stored.experiments?.changed ?? []).length > 0) {
    const experiments = await tx.experiment.findMany({ where: where('experiments'), select: { id: true } })
    for (const { id } of experiments) recordChange({ projectId, experimentId: id })
  }
}

/** The id of a row, as text. Null if it has none. */
export function idOf(row: unknown): string | null {
  const id = isObject(row) ? row.id : null
  return typeof id === 'number' || typeof id === 'string' ? String(id) : null
}

/** Asks for rows to be read soon, where there are too many to wait for. */
export function hintRows(
  { database: { db }, link: { projectId }, timing }: Session,
  kind: KindName,
  ids: readonly string[],
): Promise<void> {
  return hint(db, { projectId, kind, now: timing.clock() }, ids)
}

/** Asks for a new row, whose number nobody knows, to be looked for soon. Flags and experiments are looked for in each round. */
export async function hintNewRow(session: Session, kind: KindName): Promise<void> {
  if (kindOf(kind).everySeconds !== null) await hintRows(session, kind, [wholeList])
}
