import type { Actor } from '../auth/actor.ts'
import type { Prisma } from '../database/generated/client.ts'
import type { Transaction } from '../database/open.ts'
import type { InvalidStateError } from '../platform/domainErrors.ts'

/** What of a flag is guarded. `filters` may be malformed. */
export interface FlagState {
  active: boolean
  deleted: boolean
  archived: boolean
  filters: unknown
}

/** What an operation would change of a flag: all that the gate looks at. */
export interface FlagChange {
  /** Null: the flag is yet to be made. */
  id: number | null
  key: string
  before: FlagState | null
  after: FlagState
  /** The flag is made by this very operation for an experiment. */
  createdForExperiment: boolean
  /** Every value the operation sets, by path (`active`, `filters.groups`), as it is and as it will be: what staleness is judged by. */
  changedValues: Readonly<Record<string, { before: unknown; after: unknown }>>
  /** The version the caller changed, where it is not the flag's own: the change is stale from the start (approvals.md 3.4). */
  expectedVersion: number | null
}

export interface CommandResult {
  /** The entity that the mutation answers. */
  id: number
  experimentId: number | null
  featureFlagId: number | null
  /** The flag's version afterwards; null when no flag was written. */
  version: number | null
}

/** What an operation would do, on rows that are locked. Everything is checked; nothing is written yet. */
export interface CommandPlan {
  project: { id: number; organizationId: string }
  /** What the caller addressed; an id of null is yet to be made. */
  resource: { type: 'FEATURE_FLAG' | 'EXPERIMENT'; id: number | null }
  /** The experiment's name, for people; null when the operation is about a flag alone. */
  experimentName: string | null
  /** Null when no flag is changed. */
  flag: FlagChange | null
  /** What changes, for people: the values before and after, under the names that the schema has for them. */
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
  /** Refuses the write when the gate has let it pass: for what a change request may still be stored of. */
  versionConflict?: InvalidStateError
  apply(tx: Transaction): Promise<CommandResult>
}

/**
 * A write that changes flags or experiments. It can be done again from its name and input, which is how a change that others consented
 * to is applied: by the same code, as a whole (approvals.md 22.1).
 */
export interface Command<Input> {
  /** The mutation's name. */
  name: string
  /**
   * Locks what it is about, checks everything, and says what it would do.
   *
   * @throws Refusal
   */
  plan(tx: Transaction, actor: Actor, input: Input): Promise<CommandPlan>
  /** What a creation made that was applied before, or somebody made meanwhile; null when there is nothing (approvals.md 12). */
  findExisting?(tx: Transaction, actor: Actor, input: Input): Promise<CommandResult | null>
}
