import type { Actor } from '../auth/actor.ts'
import type { Transaction } from '../database/client.ts'
import type { Database } from '../database/database.ts'
import type { EventStore, EventsElsewhere } from '../database/events/eventStore.ts'
import type { Prisma } from '../database/generated/client.ts'
import type { InvalidStateError } from '../platform/domainErrors.ts'

/** The parts of a flag that policies guard. `filters` may be malformed. */
export interface FlagState {
  active: boolean
  deleted: boolean
  archived: boolean
  filters: unknown
}

/** A stored row that a plan was computed from, with the values that it read or would set. */
export interface RowState {
  type: 'FEATURE_FLAG' | 'EXPERIMENT' | 'HOLDOUT' | 'SAVED_METRIC' | 'PROJECT' | 'PROMPT'
  id: number | string
  /** The values by path (`conclusion`, `filters.groups`). With `after` if the plan would set them. */
  values: Readonly<Record<string, { before: unknown; after?: unknown }>>
}

/** What a plan would change in a flag. The gate checks nothing else, except `HoldoutChange`. */
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
  /** Whether the plan changes release conditions on purpose, so that policies guard those too. Experiments also rewrite them as plumbing. */
  guardsConditions?: boolean
  /** The version that the caller sent, if it differs from the flag's version. The change is then stale from the start (approvals.md 3.4). */
  expectedVersion: number | null
}

/** What a plan would change in a holdout, and so in each flag that carries it. */
export interface HoldoutChange {
  id: number
  name: string
  /** The share of people that it keeps out, in percent. */
  before: number
  /** Null if the plan deletes the holdout. */
  after: number | null
  /** How many experiments are in it. */
  experiments: number
  /** Whether the plan rewrites a flag. */
  changesFlags: boolean
}

/** An entry of the audit trail about one of many objects that a write changed. */
export interface ChangedObject {
  experimentId?: number
  featureFlagId?: number
  /** The version of the flag that the write made. */
  flagVersion?: number
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
}

export interface CommandResult {
  /** The id of the object that the mutation returns. */
  id: number
  experimentId: number | null
  featureFlagId: number | null
  /** The flag's version after the write; null if no flag was written. */
  version: number | null
  /** Whether the object was created. Missing if the mutation always creates one, or never. */
  created?: boolean
  /** The ids of the plan's `newFlags`, in their order. */
  newFlagIds?: readonly number[]
  /** The `after` of the plan with values that only the write knows. The audit trail has them. */
  after?: Prisma.InputJsonObject
  /** Objects that were changed along with the one that the mutation is about. Each gets an entry of its own. */
  changed?: readonly ChangedObject[]
}

/** What a command would write, computed on locked rows. All checks are done, and nothing is written yet. */
export interface CommandPlan {
  project: { id: number; organizationId: string }
  /** The object that the mutation is about. The id is null if the plan creates it. */
  resource: { type: 'FEATURE_FLAG' | 'EXPERIMENT' | 'EXPERIMENT_HOLDOUT'; id: number | null }
  /** The experiment's name, for display. Null if the command is only about a flag. */
  experimentName: string | null
  /** Null if the plan changes no flag. */
  flag: FlagChange | null
  /** Other flags that the plan creates, with their values. The gate checks them too, and one approval is for all. */
  newFlags?: readonly { change: FlagChange; after: Prisma.InputJsonObject }[]
  /** What the plan changes in a holdout. Missing if it changes none. Then `flag` is null. */
  holdout?: HoldoutChange
  /** The holdout's name, if the object of the mutation is a holdout. */
  holdoutName?: string
  /**
   * The rows that the plan was computed from, with all values that it read or would set. Without the guarded flag, which is in `flag`. A change
   * request is stale if one of the values changes.
   */
  rows: readonly RowState[]
  /** The name that the plan made up for a new experiment, because it was free. Missing if the caller gave one. */
  chosenName?: string
  /** The changed values before and after, for display, under their names in the schema. */
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
  /** Thrown after the gate if the plan may pass. With an outdated version, a change request can still be stored, but no write is possible. */
  versionConflict?: InvalidStateError
  apply(tx: Transaction): Promise<CommandResult>
}

export interface UpstreamEvents {
  /**
   * The events of a linked project, by PostHog's query endpoint. Answers are kept for a minute.
   *
   * Its methods throw UpstreamError if PostHog does not answer.
   */
  eventsOf(projectId: number): EventStore
}

/** What a command may ask before its plan. */
export interface AskingServices {
  database: Pick<Database, 'db'>
  upstream: UpstreamEvents
}

/**
 * A named write of flags or experiments, which can be repeated from its name and input. This is how an approved change request is applied: by
 * the same code, as a whole (approvals.md 22.1).
 */
export interface Command<Input> {
  /** The name of the mutation. */
  name: string
  /**
   * Asks PostHog what the plan must know of it, before the transaction of the plan, which must not wait for others. Missing if it need not.
   *
   * @throws DomainError if the command is not possible.
   * @throws UpstreamError if PostHog does not answer. Nothing is written then.
   */
  askUpstream?(services: AskingServices, actor: Actor, input: Input): Promise<void>
  /**
   * Locks the rows, does all checks, and returns the plan. It writes nothing.
   *
   * @param newUuid the source of all ids that the plan makes up. A plan that is computed again gets the same ids.
   * @param eventsElsewhere events that are kept in ClickHouse. What is asked of it must be short, because rows are locked meanwhile.
   * @throws DomainError if the command is not possible.
   */
  plan(
    tx: Transaction,
    actor: Actor,
    input: Input,
    newUuid: () => string,
    eventsElsewhere: EventsElsewhere | undefined,
  ): Promise<CommandPlan>
}
