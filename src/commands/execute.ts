import { randomUUID } from 'node:crypto'
import type { Actor } from '../auth/actor.ts'
import type { Database } from '../database/database.ts'
import { type UnitOfWork, withTransaction } from '../database/transaction.ts'
import { DomainError, InvalidStateError } from '../platform/domainErrors.ts'
import { bypassEntries, commandEntries, plannedThing, requestedObjects } from './activityEntries.ts'
import { type ApprovalGate, ApprovalRequiredError, type Bypass } from './approvalGate.ts'
import type { Command, CommandPlan, CommandResult } from './command.ts'
import { findLink, readOnlyError } from './linkedProject.ts'
import { recordActivities } from './recordActivity.ts'
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
  await command.askUpstream?.(services, actor, input)
  const planned = await planOrApply(services, actor, command, input)
  if (!isForUpstream(planned)) return planned
  // Planning again never applies the plan: without the link, it is refused.
  const planAgain = () => planOrApply(services, actor, command, input, true) as Promise<PlannedCommand>
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
  mustBeLinked = false,
): Promise<CommandResult | PlannedCommand> {
  const outcome = await planElsewhere(() =>
    withTransaction(database, async (unit) => {
      const idSeed = randomUUID()
      const plan = await command.plan(unit.tx, actor, input, seededUuids(idSeed), unit.eventsElsewhere)
      const link = await findLink(unit.tx, plan.project.id)
      if (link === null && mustBeLinked) throw new InvalidStateError('The link of the project has changed. Look again.', 'UNLINKED')
      if (link?.mode === 'mirror') throw await readOnlyError(unit.tx, link, plannedThing(plan), null)
      const isGuarded = link === null || link.localApprovals
      const { error, bypasses } = isGuarded
        ? await approvalGate.check(unit, actor, command, { input, idSeed }, plan)
        : { bypasses: [] as readonly Bypass[] }
      if (error !== undefined) {
        // A request that already existed is not the caller's: they have bypassed nothing.
        if (error instanceof ApprovalRequiredError) {
          await recordActivities(unit, bypassEntries(actor, plan, requestedObjects(plan), bypasses, error.changeRequest.id))
        }
        // Returned and not thrown, so that the transaction commits the change request.
        return error
      }
      if (link !== null) throw new PlannedElsewhere({ link, plan, bypasses })
      if (plan.versionConflict !== undefined) throw plan.versionConflict
      const result = await commitPlan(unit, actor, command.name, plan)
      await recordActivities(unit, bypassEntries(actor, plan, result, bypasses, null))
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

/** Applies a plan, and records an activity entry. */
export async function commitPlan(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  plan: CommandPlan,
  changeRequestId: number | null = null,
): Promise<CommandResult> {
  const result = await plan.apply(unit.tx)
  await recordActivities(unit, commandEntries(actor, activity, plan, result, { changeRequestId }))
  return result
}
