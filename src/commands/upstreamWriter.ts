import type { Actor } from '../auth/actor.ts'
import type { Bypass } from './approvalGate.ts'
import type { CommandPlan, CommandResult, UpstreamEvents } from './command.ts'
import type { LinkedProject, LinkedThing } from './linkedProject.ts'

/** A plan that PostHog must carry out. All checks of this service are done, and nothing is written. */
export interface PlannedCommand {
  link: LinkedProject
  plan: CommandPlan
  /** The policies of this service that the actor bypasses. */
  bypasses: readonly Bypass[]
}

/** A command for a project in write-through. */
export interface UpstreamCommand extends PlannedCommand {
  actor: Actor
  /** The name of the mutation. */
  name: string
  input: unknown
  /** The request that was approved here. Null if none was needed. */
  changeRequestId: number | null
  /** Plans again, after newer rows of PostHog were stored. Writes nothing. */
  planAgain(): Promise<PlannedCommand>
}

/** A write without a plan: of saved metrics, policies and votes. */
export interface UpstreamAction {
  link: LinkedProject
  actor: Actor
  name: string
  input: object
  thing: LinkedThing
  /** The row that the mutation would return, with its new values. Null for votes, which PostHog checks alone. */
  planned: object | null
}

/** Makes the writes of projects in write-through: in PostHog first, and then here from its answer. No local transaction may be open. */
export interface UpstreamWriter extends UpstreamEvents {
  /**
   * Carries a command out in PostHog, stores the answer here by the code of the mirror, and returns what the mutation returns.
   *
   * @throws DomainError if PostHog refuses.
   * @throws UpstreamError if PostHog cannot be reached, or has a fault. The message says whether the outcome is known.
   */
  execute(command: UpstreamCommand): Promise<CommandResult>

  /** The same for a write without a plan. Returns our id of the row. */
  act(action: UpstreamAction): Promise<number>
}

/** For writes of a project that is never linked: that of the demo. */
export const noUpstream: UpstreamWriter = {
  eventsOf: () => {
    throw new Error('The project is linked, and there is nothing to read its events with.')
  },
  execute: () => Promise.reject(new Error('The project is linked, and there is nothing to send its writes with.')),
  act: () => Promise.reject(new Error('The project is linked, and there is nothing to send its writes with.')),
}
