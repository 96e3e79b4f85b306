import type { Actor } from '../../../auth/actor.ts'
import type { CommandPlan, CommandResult } from '../../../commands/command.ts'
import { plannedThing, recordBypasses, recordCommand } from '../../../commands/execute.ts'
import { type LinkedProject, type LinkedThing, readOnlyError, upstreamIdOf } from '../../../commands/linkedProject.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import type { PlannedCommand, UpstreamAction, UpstreamCommand, UpstreamWriter } from '../../../commands/upstreamWriter.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { uninterrupted } from '../../../platform/cancellation.ts'
import { InvalidStateError, VersionConflictError } from '../../../platform/domainErrors.ts'
import { asObject, type JsonObject, toJsonValue } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { Given, Operation, Refusal, UpstreamRequest } from '../operations/operation.ts'
import { operations } from '../operations/operations.ts'
import type { KindName } from '../store/kinds.ts'
import { loadUpstreamIds, namedRows } from './loadIds.ts'
import { readMoved } from './moved.ts'
import { enterOutbox, noteRequest, settle } from './outbox.ts'
import { explainRefusal } from './refuse.ts'
import { resolveOperation } from './resolve.ts'
import { sendRequest } from './send.ts'
import { keyNote, openSession, type Session, type WriterParts } from './session.ts'
import { idOf, type RowsByKind, readRow, storeUpstream } from './upstreamRows.ts'

/** How often a plan is made again, because PostHog had newer rows. Then it is sent: PostHog still refuses what conflicts. */
const maxPlans = 3

/** Makes writes in PostHog, and stores its answers here: also if the caller has left in the meantime. */
export function createUpstreamWriter(parts: WriterParts): UpstreamWriter {
  return {
    execute: (command) => uninterrupted(() => executeCommandThere(parts, command)),
    act: (action) => uninterrupted(() => actThere(parts, action)),
  }
}

/** One write, from its name to what is stored. */
interface Write {
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
}

async function executeCommandThere(parts: WriterParts, command: UpstreamCommand): Promise<CommandResult> {
  let planned: PlannedCommand = command
  const input = (toJsonValue(command.input) ?? {}) as JsonObject
  const outcome = await write(parts, {
    ...command,
    thing: plannedThing(command.plan),
    resource: (session) => resourceOf(session, planned.plan, input),
    given: (session) => givenOf(session, command.name, input, planned.plan),
    replan: async () => {
      planned = await command.planAgain()
    },
    finish: async (unit, session, row) => {
      const result = await toResult(unit, session, planned.plan, row)
      const extra = { changeRequestId: command.changeRequestId, detail: keyNote(session) }
      await recordCommand(unit, command.actor, command.name, planned.plan, result, extra)
      await recordBypasses(unit, command.actor, planned.plan, result, planned.bypasses)
      return result
    },
    unchanged: async () => unchangedResult(planned.plan),
  })
  return outcome
}

interface Finish<Result> {
  /** Records what was done, in the transaction that stores the rows. */
  finish(unit: UnitOfWork, session: Session, row: JsonObject | null, stored: JsonObject | null): Promise<Result>
  /** The result if nothing would change. */
  unchanged(): Promise<Result>
}

async function write<Result>(parts: WriterParts, options: Write & Finish<Result>): Promise<Result> {
  const { link, actor, name, thing, input } = options
  const operation = operations[name]
  const { db } = parts.database
  if (operation === undefined || 'refuse' in operation) {
    throw await readOnlyError(db, link, thing, operation?.refuse ?? 'This service does not know how PostHog makes this change.')
  }
  const session = await openSession(parts, link, actor.user.id)
  const entry = { projectId: link.projectId, userId: actor.user.id, command: name, input, resource: await options.resource(session) }
  const id = await enterOutbox(parts, entry, (other) => resolveOperation(session, other))
  let given: Given | null = null
  let phase: 'planning' | 'sending' | 'storing' = 'planning'
  try {
    given = await refreshed(session, operation, options)
    assertInPostHog(given, thing)
    assertVersion(given)
    const request = operation.toRequest(given)
    if (request === null) {
      await settle(parts, id, 'confirmed')
      return await options.unchanged()
    }
    if ('refuse' in request) throw await readOnlyError(db, link, thing, request.refuse)
    await noteRequest(parts, id, `${request.method} ${request.path}`)
    phase = 'sending'
    const { row } = await sendRequest(session, operation, given, request, await placeOf(session, name, input))
    phase = 'storing'
    const result = await storeAnswer(session, operation, given, row, options)
    await settle(parts, id, 'confirmed')
    return result
  } catch (error) {
    // What fails after the answer is cleared up by reading, like an answer that is lost.
    const isUnknown = phase === 'storing' || (phase === 'sending' && error instanceof UpstreamError && error.outcomeUnknown)
    await settle(parts, id, isUnknown ? 'unknown' : 'failed')
    if (error instanceof UpstreamError && isUnknown !== error.outcomeUnknown) throw withOutcome(error, isUnknown)
    throw given === null ? error : await explainRefusal(session, error, { operation, given, thing })
  }
}

/** The same error, with what it says of the write: a read that fails before it leaves no doubt. */
function withOutcome(error: UpstreamError, outcomeUnknown: boolean): UpstreamError {
  const { kind, status, code, attr, retryAfter, body } = error
  return new UpstreamError(error.message, { kind, status, code, attr, retryAfter, body, outcomeUnknown, cause: error })
}

/** Reads what the request is made from, and plans again where PostHog has something newer. */
async function refreshed(session: Session, operation: Operation, { given: makeGiven, replan }: Write): Promise<Given> {
  for (let plans = 1; ; plans++) {
    const given = await makeGiven(session)
    if (operation.reads.length === 0) return given
    const rows: RowsByKind = {}
    const flagId = operation.reads.includes('flag') ? await flagIdOf(session, given) : null
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
async function flagIdOf({ database: { db } }: Session, { plan }: Given): Promise<string | null> {
  const id = plan?.flag?.id ?? null
  return id === null ? null : upstreamIdOf(db, 'FEATURE_FLAG', id)
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
  { finish }: Finish<Result>,
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

/** What a write is about. Experiments write their flag, so they wait for its other writes. */
async function resourceOf({ database: { db } }: Session, plan: CommandPlan, input: JsonObject): Promise<string> {
  if (plan.flag !== null) return plan.flag.id === null ? `feature_flags/${plan.flag.key}` : `feature_flags/${plan.flag.id}`
  const { type, id } = plannedThing(plan)
  const experimentId = type === 'EXPERIMENT' ? (id ?? (typeof input.id === 'number' ? input.id : null)) : null
  const experiment =
    experimentId === null ? null : await db.experiment.findUnique({ where: { id: experimentId }, select: { featureFlagId: true } })
  if (experiment !== null) return `feature_flags/${experiment.featureFlagId}`
  return `${type}/${id ?? JSON.stringify(plan.after.name ?? '').slice(0, 450)}`
}

async function givenOf(session: Session, name: string, input: JsonObject, plan: CommandPlan): Promise<Given> {
  const { db } = session.database
  const thing = plannedThing(plan)
  // A copy is made from the experiment that the input names.
  const isCopy = name === 'duplicateExperiment' || name === 'copyExperimentToProject'
  const id = isCopy ? Number(input.id) : thing.id
  return {
    input,
    plan,
    planned: null,
    id: id === null ? null : await upstreamIdOf(db, isCopy ? 'EXPERIMENT' : thing.type, id),
    thing: null,
    flag: null,
    ids: await loadUpstreamIds(db, session.link, namedRows(plan.after as JsonObject, input)),
  }
}

/** What the mutation returns, from the stored rows. */
async function toResult({ tx }: UnitOfWork, { project }: Session, plan: CommandPlan, row: JsonObject | null): Promise<CommandResult> {
  const { type } = plan.resource
  const where = { projectId: project.id, importedId: Number(row?.id ?? 0) }
  const select = { id: true } as const
  if (type === 'EXPERIMENT_HOLDOUT') {
    const id = plan.resource.id ?? (await tx.holdout.findFirstOrThrow({ where, select })).id
    return { id, experimentId: null, featureFlagId: null, version: null }
  }
  if (type === 'FEATURE_FLAG') {
    const { id, version } = await tx.featureFlag.findFirstOrThrow({ where, select: { id: true, version: true } })
    return { id, experimentId: null, featureFlagId: id, version, created: plan.resource.id === null }
  }
  const experiment = await tx.experiment.findFirstOrThrow({
    where,
    select: { id: true, featureFlag: { select: { id: true, version: true } } },
  })
  const { id, featureFlag } = experiment
  const changesFlag = plan.flag !== null
  return { id, experimentId: id, featureFlagId: changesFlag ? featureFlag.id : null, version: changesFlag ? featureFlag.version : null }
}

function unchangedResult(plan: CommandPlan): CommandResult {
  const { type, id } = plan.resource
  if (id === null) throw new Error('A plan that creates something changes nothing.')
  return {
    id,
    experimentId: type === 'EXPERIMENT' ? id : null,
    featureFlagId: type === 'FEATURE_FLAG' ? id : null,
    version: null,
    created: false,
  }
}

/** The kinds that writes without a plan are about. */
const actionResources = { SAVED_METRIC: 'savedMetric', APPROVAL_POLICY: 'approvalPolicy', CHANGE_REQUEST: 'changeRequest' } as const

async function actThere(parts: WriterParts, { planned, ...action }: UpstreamAction): Promise<number> {
  const { thing, link, name, actor } = action
  const input = (toJsonValue(action.input) ?? {}) as JsonObject
  const values = planned === null ? null : (toJsonValue(planned) as JsonObject)
  return write<number>(parts, {
    ...action,
    resource: () => Promise.resolve(`${thing.type}/${thing.id ?? JSON.stringify(values?.name ?? values?.actionKey ?? '').slice(0, 450)}`),
    given: async (session) => ({
      input,
      plan: null,
      planned: values,
      id: thing.id === null ? null : await upstreamIdOf(parts.database.db, thing.type, thing.id),
      thing: null,
      flag: null,
      ids: await loadUpstreamIds(parts.database.db, session.link, namedRows(values ?? {}, input)),
    }),
    replan: null,
    finish: async (unit, session, row, before) => {
      const table = actionResources[thing.type as keyof typeof actionResources]
      const where = {
        projectId: link.projectId,
        importedId: (thing.type === 'SAVED_METRIC' ? Number(row?.id ?? 0) : String(row?.id ?? '')) as never,
      }
      const find = unit.tx[table].findFirst as (args: object) => Promise<{ id: number } | null>
      const id = thing.id ?? (await find({ where, select: { id: true } }))?.id ?? 0
      const sent = operations[name]
      const request =
        sent !== undefined && 'toRequest' in sent ? shownRequest(sent.toRequest({ ...emptyGiven, input, planned: values })) : {}
      await recordActivity(unit, {
        activity: name,
        actor,
        organizationId: session.project.organizationId,
        projectId: link.projectId,
        resource: { type: thing.type, id, name: String(values?.name ?? values?.actionKey ?? row?.name ?? '') },
        detail: keyNote(session),
        before: pick(before ?? {}, Object.keys(request)) as never,
        after: request as never,
      })
      return id
    },
    unchanged: () => Promise.resolve(thing.id ?? 0),
  })
}

const emptyGiven: Given = {
  input: {},
  plan: null,
  planned: null,
  id: '0',
  thing: null,
  flag: null,
  ids: { of: () => 0, toUpstream: (value) => value },
}

/** What an activity entry shows of a request. */
function shownRequest(request: UpstreamRequest | Refusal | null): JsonObject {
  return request !== null && 'body' in request ? (request.body ?? {}) : {}
}

function pick(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))
}
