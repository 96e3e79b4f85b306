import { asObject, isObject, type JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { userShape } from '../../client/shapes.ts'
import { pageSize, readWhole } from '../connect/readList.ts'
import { listPath, projectPath } from '../connect/upstreamPaths.ts'
import type { Given, Operation, UpstreamRequest } from '../operations/operation.ts'
import { kindOf } from '../store/kinds.ts'
import type { Session } from './session.ts'
import { idOf, readRow } from './upstreamRows.ts'

/** What came of a request. The row is that of the answer, or that reading found. Null after a deletion. */
export interface Sent {
  row: JsonObject | null
}

/** The project of PostHog that a path is below, if it is not that of the link. */
interface Place {
  upstreamProjectId: number
}

/** How often it is looked whether a write has arrived, if PostHog did not answer it: it can still be under way. */
const looks = 3
const lookAfterMs = 500
/** How many rows of a list without an order are looked through for a new one. */
const maxListed = 2_000

/**
 * Sends a write. If its answer is lost, reading finds out whether it was carried out. It is sent again only where that does no harm.
 *
 * @throws UpstreamError with `outcomeUnknown` if nobody knows.
 */
export async function sendRequest(
  session: Session,
  operation: Operation,
  given: Given,
  request: UpstreamRequest,
  place: Place = session.link,
): Promise<Sent> {
  const path = projectPath(place.upstreamProjectId, request.path)
  for (let attempt = 1; ; attempt++) {
    try {
      const { status, body } = await session.client.send({ method: request.method, path, body: request.body ?? undefined })
      return { row: answeredRow(operation, { status, body }, request) }
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error
      // After a first attempt that was carried out, the second is refused: the row is there, or its state is reached.
      const mayBeDone = error.outcomeUnknown || (attempt > 1 && ['invalid', 'not_found', 'conflict'].includes(error.kind))
      if (!mayBeDone) throw error
      const found = await findOut(session, operation, given, error).catch((unread: unknown) => {
        throw unread instanceof UpstreamError ? neverRead(unread) : unread
      })
      if (found !== null) return found
      if (!error.outcomeUnknown) throw error
      if (operation.repeatable && attempt === 1) continue
      throw stillFailed(error)
    }
  }
}

/** The row of an answer. Null after a deletion, whose answer is empty. Votes are answered with an envelope that has the request in it. */
function answeredRow(
  { kind, settlement }: Operation,
  { status, body }: { status: number; body: unknown },
  { method, path }: UpstreamRequest,
): JsonObject | null {
  if (settlement.by === 'absence' && body === undefined) return null
  if (settlement.by !== 'absence' && isObject(body) && idOf(kind === 'change_requests' ? body.change_request : body) !== null) return body
  throw new UpstreamError(`PostHog answered ${method} ${path} without the row.`, { kind: 'malformed', status, outcomeUnknown: true })
}

/**
 * Whether PostHog itself said that it is done with a request. A lost connection does not say so, nor does the page of a proxy, which gives up
 * while PostHog goes on.
 */
function isOver({ status, body }: UpstreamError): boolean {
  return status !== null && (status < 500 || isObject(body))
}

function stillFailed(error: UpstreamError): UpstreamError {
  const { kind, status, retryAfter } = error
  return new UpstreamError(error.message, { kind, status, retryAfter, outcomeUnknown: !isOver(error), cause: error })
}

/** PostHog does not say what came of the write. The operation stays open. */
function neverRead({ kind, message, status, retryAfter }: UpstreamError): UpstreamError {
  return new UpstreamError(message, { kind, status, retryAfter, outcomeUnknown: true })
}

/** Reads until it is known that a write was carried out. Null if nothing says so. */
async function findOut(session: Session, operation: Operation, given: Given, error: UpstreamError): Promise<Sent | null> {
  for (let look = 1; ; look++) {
    const found = await lookOnce(session, operation, given)
    if (found !== null || isOver(error) || look === looks) return found
    await session.timing.wait(lookAfterMs * look)
  }
}

async function lookOnce(session: Session, { kind, settlement }: Operation, given: Given): Promise<Sent | null> {
  if (settlement.by === 'list') return findNewRow(session, kind, settlement, given)
  const row = given.id === null ? null : await readRow(session, kind, given.id)
  if (settlement.by === 'absence') return row === null ? { row: null } : null
  if (row !== null) return settlement.isDone(row, given, given.thing ?? given.flag) ? { row } : null
  // Deleted experiments cannot be read.
  return given.input.deleted === true && given.thing !== null ? { row: { ...given.thing, deleted: true } } : null
}

async function findNewRow(
  session: Session,
  kindName: Operation['kind'],
  { query, isOurs }: Extract<Operation['settlement'], { by: 'list' }>,
  given: Given,
): Promise<Sent | null> {
  const kind = kindOf(kindName)
  const path = listPath(kind, session.link)
  if (path === null) return null
  const owner = await keyOwner(session)
  for (const values of query(given)) {
    // Where the newest come first, a new row is on the first page.
    const max = 'order' in values ? pageSize : maxListed
    const { rows } = await readWhole(session.client, path, { paged: kind.paged, query: values, max })
    for (const row of rows.filter(isObject)) {
      const id = idOf(row)
      if (id === null || !isOurs(row, given)) continue
      // What somebody else made at the same time is not ours, however equal it looks.
      if (owner !== null && !isSamePerson(owner, row.created_by) && given.id === null) continue
      // What is known here was there before, unless it is what the write replaces.
      if (given.id === null && (await isKnown(session, kindName, id))) continue
      // Lists can be light.
      return { row: (await readRow(session, kindName, id)) ?? row }
    }
  }
  return null
}

/** The owner of the key, in whose name PostHog writes. Null if the key may not read that. */
async function keyOwner({ client }: Session): Promise<JsonObject | null> {
  try {
    return (await client.get('/api/users/@me/', userShape)).body
  } catch (error) {
    if (error instanceof UpstreamError && ['forbidden', 'not_found', 'no_endpoint'].includes(error.kind)) return null
    throw error
  }
}

function isSamePerson(owner: JsonObject, person: unknown): boolean {
  const id = idOf(owner)
  return id === null ? asObject(person)?.uuid === owner.uuid : idOf(person) === id
}

async function isKnown({ database: { db }, link: { projectId } }: Session, kind: Operation['kind'], id: string): Promise<boolean> {
  const number = { projectId, importedId: Number(id) }
  const counts: Partial<Record<Operation['kind'], () => Promise<number>>> = {
    feature_flags: () => db.featureFlag.count({ where: number }),
    experiments: () => db.experiment.count({ where: number }),
    holdouts: () => db.holdout.count({ where: number }),
    saved_metrics: () => db.savedMetric.count({ where: number }),
    policies: () => db.approvalPolicy.count({ where: { projectId, importedId: id } }),
  }
  return ((await counts[kind]?.()) ?? 0) > 0
}
