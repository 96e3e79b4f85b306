import type { Actor } from '../auth/actor.ts'
import type { Transaction } from '../database/client.ts'
import type { Prisma } from '../database/generated/client.ts'
import type { InvalidStateError } from '../platform/domainErrors.ts'

/** The parts of a flag that policies guard. `filters` may be malformed. */
export interface FlagState {
  active: boolean
  deleted: boolean
  archived: boolean
  filters: unknown
}

/** What a plan would change in a flag. The gate checks nothing else. */
export interface FlagChange {
  /** Null if the plan creates the flag. */
  id: number | null
  key: string
  before: FlagState | null
  after: FlagState
  /** Whether the plan creates the flag for an experiment. */
  createdForExperiment: boolean
  /** Every value that the plan sets, by path (`active`, `filters.groups`), before and after. A change request is stale if one of them changes. */
  changedValues: Readonly<Record<string, { before: unknown; after: unknown }>>
  /** The version that the caller sent, if it differs from the flag's version. The change is then stale from the start (approvals.md 3.4). */
  expectedVersion: number | null
}

export interface CommandResult {
  /** The id of the object that the mutation returns. */
  id: number
  experimentId: number | null
  featureFlagId: number | null
  /** The flag's version after the write; null if no flag was written. */
  version: number | null
}

/** What a command would write, computed on locked rows. All checks are done, and nothing is written yet. */
export interface CommandPlan {
  project: { id: number; organizationId: string }
  /** The object that the mutation is about. The id is null if the plan creates it. */
  resource: { type: 'FEATURE_FLAG' | 'EXPERIMENT'; id: number | null }
  /** The experiment's name, for display. Null if the command is only about a flag. */
  experimentName: string | null
  /** Null if the plan changes no flag. */
  flag: FlagChange | null
  /** The changed values before and after, for display, under their names in the schema. */
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
  /** Thrown after the gate if the plan may pass. With an outdated version, a change request can still be stored, but no write is possible. */
  versionConflict?: InvalidStateError
  apply(tx: Transaction): Promise<CommandResult>
}

/**
 * A named write of flags or experiments, which can be repeated from its name and input. This is how an approved change request is applied: by
 * the same code, as a whole (approvals.md 22.1).
 */
export interface Command<Input> {
  /** The name of the mutation. */
  name: string
  /**
   * Locks the rows, does all checks, and returns the plan. It writes nothing.
   *
   * @throws DomainError if the command is not possible.
   */
  plan(tx: Transaction, actor: Actor, input: Input): Promise<CommandPlan>
  /** For creations: returns the object if it already exists, from an earlier run or another user. Null if it does not (approvals.md 12). */
  findExisting?(tx: Transaction, actor: Actor, input: Input): Promise<CommandResult | null>
}
