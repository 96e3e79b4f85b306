import type { Actor } from '../../../auth/actor.ts'
import { type LinkedProject, type LinkedThing, readOnlyError, upstreamIdOf } from '../../../commands/linkedProject.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { InvalidStateError, VersionConflictError } from '../../../platform/domainErrors.ts'
import { asObject, type JsonObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { withinWriteTime } from '../connect/writeTime.ts'
import type { Given, Operation } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import type { KindName } from '../store/kinds.ts'
import { readMoved } from './moved.ts'
import { enterOutbox, settle } from './outbox.ts'
import { explainRefusal, explainRefusedRead } from './refuse.ts'
import { resolveOperation } from './resolve.ts'
import { sendRequest } from './send.ts'
import { openSession, type Session, type WriterParts } from './session.ts'
import { hintNewRow, idOf, type RowsByKind, readRow, storeUpstream } from './upstreamRows.ts'

/** How often a plan is made again, because PostHog had newer rows. Then it is sent: PostHog still refuses what conflicts. */
const maxPlans = 3

/** One write, from its name to what is stored. */
interface Write<Result> {
  link: LinkedProject
  actor: Actor
  name: string
  input: unknown
  thing: LinkedThing
  /** What it is about, so that writes of the same flag go one after the other. */
  resource(session: Session): Promise<string>
  given(session: Session): Promise<Given>
  /** Plans again after newer rows were stored. Null if there is no plan. */
  replan: (() => Promise<void>) | null
  /** Records what was done, in the transaction that stores the rows. */
  finish(unit: UnitOfWork, session: Session, row: JsonObject | null, stored: JsonObject | null): Promise<Result>
  /** The result if nothing would change. */
  unchanged(): Promise<Result>
}

/** Makes a write in PostHog, and stores its answer. The outbox tells how it ended. */
export async function sendWrite<Result>(parts: WriterParts, options: Write<Result>): Promise<Result> {
  const { link, actor, name, thing, input } = options
  const operation = operations[name]
  const { db } = parts.database
  if (operation === undefined || 'refuse' in operation) {
    throw await readOnlyError(db, link, thing, operation?.refuse ?? 'This service does not know how PostHog makes this change.')
  }
  const session = await openSession(parts, link, actor.user.id)
  const entry = { projectId: link.projectId, userId: actor.user.id, command: name, input, resource: await options.resource(session) }
  const id = await enterOutbox(parts, entry, (other) => resolveOperation(session, other)).catch((error: unknown) => {
    throw explainRefusedRead(session, error, { operation, input: asObject(input) ?? {} })
  })
  return withinWriteTime(parts.timeoutSeconds, (signal) =>
    sendEntered({ ...session, client: session.client.with({ signal }) }, operation, id, options),
  )
}

/** Makes a write that is in the outbox. */
async function sendEntered<Result>(session: Session, operation: Operation, id: string, options: Write<Result>): Promise<Result> {
  const { link, name, thing, input } = options
  const { db } = session.database
  let given: Given | null = null
  let requestSummary = ''
  let phase: 'planning' | 'sending' | 'storing' = 'planning'
  try {
    given = await refreshed(session, operation, options)
    assertInPostHog(given, thing)
    assertVersion(given)
    const request = operation.toRequest(given)
    if (request === null) {
      await settle(db, session, { id, state: 'confirmed' })
      return await options.unchanged()
    }
    if ('refuse' in request) throw await readOnlyError(db, link, thing, request.refuse)
    requestSummary = `${request.method} ${request.path}`
    phase = 'sending'
    const { row } = await sendRequest(session, operation, given, request, await placeOf(session, name, input))
    phase = 'storing'
    return await storeAnswer(session, operation, given, row, {
      // In the transaction that stores the rows: one commit less to wait for.
      finish: async (unit, ...stored) => {
        const result = await options.finish(unit, ...stored)
        await settle(unit.tx, session, { id, state: 'confirmed', requestSummary })
        return result
      },
    })
  } catch (error) {
    // What fails after the answer is cleared up by reading, like an answer that is lost.
    const isUnknown = phase === 'storing' || (phase === 'sending' && error instanceof UpstreamError && error.outcomeUnknown)
    await settle(db, session, { id, state: isUnknown ? 'unknown' : 'failed', requestSummary })
    if (isUnknown && given?.id === null) await hintNewRow(session, operation.kind)
    if (error instanceof UpstreamError && isUnknown !== error.outcomeUnknown) throw withOutcome(error, isUnknown)
    throw given === null
      ? explainRefusedRead(session, error, { operation, input: asObject(input) ?? {} })
      : await explainRefusal(session, error, { operation, given, thing })
  }
}

/** The same error, with what it says of the write: a read that fails before it leaves no doubt. */
function withOutcome(error: UpstreamError, outcomeUnknown: boolean): UpstreamError {
  const { kind, status, code, attr, retryAfter, body } = error
  return new UpstreamError(error.message, { kind, status, code, attr, retryAfter, body, outcomeUnknown, cause: error })
}

/** Reads what the request is made from, and plans again where PostHog has something newer. */
async function refreshed(
  session: Session,
  operation: Operation,
  { given: makeGiven, replan }: Pick<Write<unknown>, 'given' | 'replan'>,
): Promise<Given> {
  for (let plans = 1; ; plans++) {
    const given = await makeGiven(session)
    if (operation.reads.length === 0) return given
    const rows: RowsByKind = {}
    const flagId = operation.reads.includes('flag') ? await flagIdOf(session, operation, given) : null
    const [thing, flag] = await Promise.all([
      operation.reads.includes('thing') && given.id !== null ? readRow(session, operation.kind, given.id) : null,
      flagId === null ? null : readRow(session, 'feature_flags', flagId),
    ])
    if (flag !== null) rows.feature_flags = [flag]
    if (thing !== null) rows[operation.kind] = [thing]
    const changed = await storeUpstream(session, rows, { announces: true }, (_unit, stored) =>
      Promise.resolve(Object.values(stored).some((result) => result.mended.length > 0)),
    )
    if (!changed || replan === null || plans === maxPlans) return { ...given, thing, flag }
    await replan()
  }
}

/** The flag that a plan is about: that of the plan, or the one itself. */
async function flagIdOf({ database: { db } }: Session, { kind }: Operation, { plan, id }: Given): Promise<string | null> {
  const flagId = plan?.flag?.id ?? null
  if (flagId === null || kind === 'feature_flags') return flagId === null ? null : id
  return upstreamIdOf(db, 'FEATURE_FLAG', flagId)
}

function assertInPostHog({ id }: Given, thing: LinkedThing): void {
  if (thing.id !== null && id === null) {
    throw new InvalidStateError('PostHog does not have this: it was made here before the project was linked.', 'NOT_IN_POSTHOG')
  }
}

/** The version that the caller sent is compared with that of PostHog. */
function assertVersion({ plan, flag }: Given): void {
  if (plan?.versionConflict === undefined) return
  const current = typeof flag?.version === 'number' ? flag.version : null
  throw new VersionConflictError(plan.flag?.expectedVersion ?? null, current)
}

/** A copy of an experiment is asked for in the project of its source. */
async function placeOf(session: Session, name: string, input: unknown): Promise<{ upstreamProjectId: number }> {
  const { link, database } = session
  if (name !== 'copyExperimentToProject') return link
  const source = await database.db.experiment.findUnique({ where: { id: Number(asObject(input)?.id) }, select: { projectId: true } })
  const sourceLink = source && (await database.db.projectLink.findUnique({ where: { projectId: source.projectId } }))
  return sourceLink?.host === link.host ? sourceLink : link
}

async function storeAnswer<Result>(
  session: Session,
  operation: Operation,
  given: Given,
  answer: JsonObject | null,
  { finish }: Pick<Write<Result>, 'finish'>,
): Promise<Result> {
  const row = await ownRow(session, operation.kind, given, answer)
  const moved = await readMoved(session, operation, row, given)
  const own: RowsByKind = row === null ? {} : { [operation.kind]: [...(moved[operation.kind] ?? []), row] }
  const gone = operation.settlement.by === 'absence' && given.id !== null ? { [operation.kind]: [given.id] } : {}
  noteOvertaking(session, operation, given, row)
  return storeUpstream(session, { ...moved, ...own }, { announces: false, gone }, async (unit, stored) => {
    const reason = row === null ? undefined : stored[operation.kind]?.skipped.get(idOf(row) ?? '')
    if (reason !== undefined) {
      throw new InvalidStateError(`PostHog made the change, but its answer cannot be stored here: ${reason}.`, 'SKIPPED')
    }
    return finish(unit, session, row, given.thing)
  })
}

/** Votes are answered with an envelope, whose request has the fields of another viewer. */
async function ownRow(session: Session, kind: KindName, given: Given, answer: JsonObject | null): Promise<JsonObject | null> {
  return kind === 'change_requests' && given.id !== null ? readRow(session, kind, given.id) : answer
}

/** Another version than the next one: somebody wrote in between. The answer has both changes, as far as PostHog kept them. */
function noteOvertaking({ log, link }: Session, { kind }: Operation, { flag }: Given, row: JsonObject | null): void {
  if (kind !== 'feature_flags' || typeof flag?.version !== 'number' || typeof row?.version !== 'number') return
  if (row.version === flag.version + 1) return
  const { projectId } = link
  log.warn(
    { projectId, flag: row.id, before: flag.version, after: row.version },
    'Write-through: somebody else wrote the flag at the same time.',
  )
}
