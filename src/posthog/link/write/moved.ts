import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { Operation } from '../operations/operation.ts'
import type { Session } from './session.ts'
import { hintRows, idOf, type RowsByKind, readRow } from './upstreamRows.ts'

/** How many rows a caller waits for. The others are read within seconds. */
const maxReads = 10

/**
 * Reads what a write moved besides its own row: answers do not have it, or only in part. The write is done: if PostHog cannot be read now,
 * following brings these rows within seconds.
 *
 * @throws UpstreamError if the flag of an experiment is not here as it is now, and cannot be read
 */
export async function readMoved(
  session: Session,
  operation: Operation,
  row: JsonObject | null,
  given: { id: string | null },
): Promise<RowsByKind> {
  try {
    return await readAllMoved(session, operation, row, given)
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const { projectId } = session.link
    session.log.warn({ projectId, reason: error.message }, 'Write-through: rows that moved along were not read. Following brings them.')
    const flagId = idOf(row?.feature_flag)
    await hintRows(session, 'feature_flags', flagId === null ? [] : [flagId])
    // An experiment is answered with its flag. Without the flag as it is now, it is cleared up by reading, like an answer that is lost.
    if (operation.kind === 'experiments' && flagId !== null && !(await hasFlagOf(session, row))) throw error
    return {}
  }
}

/** Whether the flag of an experiment is here, in the version that the short form names. */
async function hasFlagOf({ database: { db }, link: { projectId } }: Session, experiment: JsonObject | null): Promise<boolean> {
  const { id, version } = asObject(experiment?.feature_flag) ?? {}
  const stored = await db.featureFlag.findFirst({ where: { projectId, importedId: Number(id) }, select: { version: true } })
  return stored !== null && (version === undefined || stored.version === (version ?? 0))
}

async function readAllMoved(
  session: Session,
  { kind, moves }: Operation,
  row: JsonObject | null,
  given: { id: string | null },
): Promise<RowsByKind> {
  const moved: RowsByKind = {}
  if (kind === 'change_requests' && row !== null) return readRequested(session, row)
  if (moves.includes('flag') && row !== null) {
    const flag = await readFlag(session, idOf(row.feature_flag))
    if (flag !== null) moved.feature_flags = [flag]
  }
  if (moves.includes('experiments') && row !== null) moved.experiments = await readExperiments(session, row)
  if (moves.includes('holdoutFlags') && given.id !== null) moved.feature_flags = await readHoldoutFlags(session, Number(given.id))
  return moved
}

function readFlag(session: Session, id: string | null): Promise<JsonObject | null> {
  return id === null ? Promise.resolve(null) : readRow(session, 'feature_flags', id)
}

/** The experiments of a flag. Their status, parameters and flag follow from it. */
async function readExperiments(session: Session, flag: JsonObject): Promise<JsonObject[]> {
  const ids = (asArray(flag.experiment_set) ?? []).filter((id) => typeof id === 'number').map(String)
  return readSome(session, 'experiments', ids)
}

async function readHoldoutFlags(session: Session, holdoutId: number): Promise<JsonObject[]> {
  const { database, project } = session
  const flags = await database.db.$queryRaw<{ importedId: number }[]>`
    SELECT f.imported_id AS "importedId" FROM holdouts h JOIN feature_flags f ON f.project_id = h.project_id
    WHERE h.project_id = ${project.id}::int AND h.imported_id = ${holdoutId}::int AND f.imported_id IS NOT NULL
      AND (f.holdout_number IN (h.id, h.imported_id)
        OR f.id IN (SELECT e.feature_flag_id FROM experiments e WHERE e.holdout_id = h.id AND NOT e.deleted))
    ORDER BY f.id`
  return readSome(
    session,
    'feature_flags',
    flags.map(({ importedId }) => String(importedId)),
  )
}

async function readSome(session: Session, kind: 'feature_flags' | 'experiments', ids: readonly string[]): Promise<JsonObject[]> {
  const rows = await Promise.all(ids.slice(0, maxReads).map((id) => readRow(session, kind, id)))
  await hintRows(session, kind, ids.slice(maxReads))
  return rows.filter((row) => row !== null)
}

/** What a vote applied. */
async function readRequested(session: Session, request: JsonObject): Promise<RowsByKind> {
  const id = request.resource_id == null ? null : String(request.resource_id)
  if (request.state !== 'applied' || id === null) return {}
  if (request.resource_type === 'experiment') {
    const experiment = await readRow(session, 'experiments', id)
    const flag = await readFlag(session, idOf(asObject(experiment?.feature_flag)))
    return { experiments: experiment === null ? [] : [experiment], feature_flags: flag === null ? [] : [flag] }
  }
  if (request.resource_type !== 'feature_flag') return {}
  const flag = await readFlag(session, id)
  return flag === null ? {} : { feature_flags: [flag], experiments: await readExperiments(session, flag) }
}
