import { randomUUID } from 'node:crypto'
import type { Actor } from '../auth/actor.ts'
import type { Database } from '../database/database.ts'
import { type UnitOfWork, withTransaction } from '../database/transaction.ts'
import { DomainError, InvalidStateError } from '../platform/domainErrors.ts'
import { type ApprovalGate, ApprovalRequiredError, type Bypass } from './approvalGate.ts'
import type { Command, CommandPlan, CommandResult } from './command.ts'
import { findLink, type LinkedThing, readOnlyError } from './linkedProject.ts'
import { type ActivityResource, recordActivities, recordActivity } from './recordActivity.ts'
import { seededUuids } from './seededUuids.ts'
import type { PlannedCommand, UpstreamWriter } from './upstreamWriter.ts'

/** What a write needs besides the actor. The context of a request has it. */
export interface WriteServices {
  database: Database
  approvalGate: ApprovalGate
  upstream: UpstreamWriter
}

/**
 * Runs a command, or stores it as a change request if a policy guards the change. All writes of flags and experiments by mutations go through
 * here. In one transaction, the plan locks the rows, the gate checks it, and the plan is applied.
 *
 * In a project that is linked to PostHog, the transaction only plans, and is undone. PostHog carries the plan out.
 *
 * @throws DomainError if the change was not made.
 */
export async function executeCommand<Input>(
  services: WriteServices,
  actor: Actor,
  command: Command<Input>,
  input: Input,
): Promise<CommandResult> {
  const planned = await planOrApply(services, actor, command, input)
  if (!isForUpstream(planned)) return planned
  const planAgain = async () => {
    const again = await planOrApply(services, actor, command, input)
    // The link was removed in the meantime: the plan was applied here.
    if (!isForUpstream(again)) throw new InvalidStateError('The link of the project has changed. Look again.', 'UNLINKED')
    return again
  }
  return services.upstream.execute({ ...planned, actor, name: command.name, input, changeRequestId: null, planAgain })
}

function isForUpstream(outcome: CommandResult | PlannedCommand): outcome is PlannedCommand {
  return 'link' in outcome
}

async function planOrApply<Input>(
  { database, approvalGate }: WriteServices,
  actor: Actor,
  command: Command<Input>,
  input: Input,
): Promise<CommandResult | PlannedCommand> {
  const outcome = await planElsewhere(() =>
    withTransaction(database, async (unit) => {
      const idSeed = randomUUID()
      const plan = await command.plan(unit.tx, actor, input, seededUuids(idSeed), unit.eventsElsewhere)
      const link = await findLink(unit.tx, plan.project.id)
      if (link?.mode === 'mirror') throw await readOnlyError(unit.tx, link, plannedThing(plan), null)
      const isGuarded = link === null || link.localApprovals
      const { error, bypasses } = isGuarded
        ? await approvalGate.check(unit, actor, command, { input, idSeed }, plan)
        : { bypasses: [] as readonly Bypass[] }
      if (error !== undefined) {
        // A request that already existed is not the caller's: they have bypassed nothing.
        if (error instanceof ApprovalRequiredError) {
          await recordBypasses(unit, actor, plan, requestedObjects(plan), bypasses, error.changeRequest.id)
        }
        // Returned and not thrown, so that the transaction commits the change request.
        return error
      }
      if (link !== null) throw new PlannedElsewhere({ link, plan, bypasses })
      if (plan.versionConflict !== undefined) throw plan.versionConflict
      const result = await commitPlan(unit, actor, command.name, plan)
      await recordBypasses(unit, actor, plan, result, bypasses)
      return result
    }),
  )
  if (outcome instanceof DomainError) throw outcome
  return outcome
}

/** Undoes the transaction of a plan that PostHog carries out. */
export class PlannedElsewhere<Planned> extends Error {
  readonly planned: Planned
  constructor(planned: Planned) {
    super('The plan is for PostHog.')
    this.planned = planned
  }
}

/** Runs a transaction that may throw `PlannedElsewhere`, and returns what that carries. */
export async function planElsewhere<Result, Planned = PlannedCommand>(run: () => Promise<Result>): Promise<Result | Planned> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof PlannedElsewhere) return error.planned as Planned
    throw error
  }
}

/** The thing that a plan is about. */
export function plannedThing({ resource: { type, id } }: CommandPlan): LinkedThing {
  return { type: type === 'EXPERIMENT_HOLDOUT' ? 'HOLDOUT' : type, id }
}

/** Applies a plan, and records an activity entry. */
export async function commitPlan(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  plan: CommandPlan,
  changeRequestId: number | null = null,
): Promise<CommandResult> {
  const result = await plan.apply(unit.tx)
  await recordCommand(unit, actor, activity, plan, result, { changeRequestId })
  return result
}

/** Records the activity entries of a plan that was carried out, here or in PostHog. */
export async function recordCommand(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  plan: CommandPlan,
  result: CommandResult,
  extra: { changeRequestId: number | null; detail?: string },
): Promise<void> {
  // A plan that changes no value leaves no entry.
  if (Object.keys(plan.after).length === 0) return
  const flagVersion = result.featureFlagId === null ? null : result.version
  const entry = { activity, ...extra, flagVersion, ...activityOf(actor, { ...plan, after: result.after ?? plan.after }, result) }
  const copies = (result.newFlagIds ?? []).map((featureFlagId, index) => {
    const copy = plan.newFlags?.[index]
    const resource = { type: 'FEATURE_FLAG', id: featureFlagId, name: copy?.change.key ?? '' } as const
    return { ...entry, resource, flagVersion: 1, before: {}, after: copy?.after ?? {} }
  })
  const changed = (result.changed ?? []).map((object) => ({ ...entry, ...object }))
  await recordActivities(unit, [entry, ...copies, ...changed])
}

type ChangedObjects = Pick<CommandResult, 'experimentId' | 'featureFlagId'> & { id: number | null }

/** Each bypassed policy leaves an entry of its own, also if another policy stops the change (approvals.md 22.21). */
export async function recordBypasses(
  unit: UnitOfWork,
  actor: Actor,
  plan: CommandPlan,
  objects: ChangedObjects,
  bypasses: readonly Bypass[],
  changeRequestId: number | null = null,
): Promise<void> {
  for (const { policyId, action, reason, skipped } of bypasses) {
    const detail = `Bypassed the policy for ${action} by ${reason}. ${skipped}`
    await recordActivity(unit, { activity: 'bypassPolicy', policyId, changeRequestId, detail, ...activityOf(actor, plan, objects) })
  }
}

function requestedObjects({ resource, flag }: CommandPlan): ChangedObjects {
  return { id: resource.id, experimentId: resource.type === 'EXPERIMENT' ? resource.id : null, featureFlagId: flag?.id ?? null }
}

function activityOf(actor: Actor, plan: CommandPlan, { id, experimentId, featureFlagId }: ChangedObjects) {
  const { project, before, after } = plan
  const { id: projectId, organizationId } = project
  const ids = { EXPERIMENT: experimentId, FEATURE_FLAG: featureFlagId, EXPERIMENT_HOLDOUT: id }
  const resource = changedResource(plan, ids[plan.resource.type])
  return { actor, organizationId, projectId, resource, experimentId, featureFlagId, before, after }
}

/** The object that a plan is about, as its entries name it. Its name is that before the change. */
export function changedResource(
  { resource, experimentName, flag, holdout, holdoutName }: CommandPlan,
  id: number | null,
): ActivityResource {
  if (resource.type === 'EXPERIMENT_HOLDOUT') return { type: 'HOLDOUT', id, name: holdout?.name ?? holdoutName ?? '' }
  return { type: resource.type, id, name: experimentName ?? flag?.key ?? '' }
}
