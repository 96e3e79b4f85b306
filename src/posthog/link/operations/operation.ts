import type { CommandPlan } from '../../../commands/command.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { QueryValues } from '../../client/postHogClient.ts'
import type { KindName } from '../store/kinds.ts'

/** A write of PostHog's REST API. The path is below the project. */
export interface UpstreamRequest {
  method: 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: JsonObject
}

/** A change that the REST API cannot make, with the reason as a sentence. */
export interface Refusal {
  refuse: string
}

/** What names other rows by our numbers is converted with these. */
export interface UpstreamIds {
  /** The id in PostHog of a row here. Null if the row is not from there. */
  of(type: 'holdout' | 'savedMetric' | 'user' | 'role' | 'project', id: number | string): number | string | null
  /** A value with PostHog's numbers of flags, cohorts, actions and holdouts in its JSON. Numbers keep all digits. */
  toUpstream<Value>(value: Value): Value
}

/** What an operation is made from. Nothing else decides what is sent. */
export interface Given {
  /** The input of the command. */
  input: JsonObject
  /** Null for a write without a plan. */
  plan: CommandPlan | null
  /** The row with its new values, for a write without a plan. */
  planned: JsonObject | null
  /** The id in PostHog of the thing that the write is about. Null if it creates one. */
  id: string | null
  /** The rows as PostHog answered them a moment ago. Null where they were not read. */
  thing: JsonObject | null
  flag: JsonObject | null
  ids: UpstreamIds
}

/** How it is found out whether a write was carried out, if its answer was lost. */
export type Settlement =
  /** The row says so. */
  | { by: 'row'; isDone(after: JsonObject, given: Given, before: JsonObject | null): boolean }
  /** A new row is in a list. A row that is known here is not the new one. */
  | { by: 'list'; query(given: Given): readonly QueryValues[]; isOurs(row: JsonObject, given: Given): boolean }
  /** The row is gone. */
  | { by: 'absence' }

/** How a mutation is made in PostHog. */
export interface Operation {
  /** The kind of the row that the answer has. */
  kind: KindName
  /** What is read before, so that the plan and the request are made from what PostHog has now. */
  reads: readonly ('thing' | 'flag')[]
  /** Null if nothing would change. */
  toRequest(given: Given): UpstreamRequest | Refusal | null
  settlement: Settlement
  /** Whether the write may be sent again, once reading has shown that it was not carried out. */
  repeatable: boolean
  /** What else the write can change, and so is read after it. */
  moves: readonly ('flag' | 'experiments' | 'holdoutFlags')[]
}
