import { contextCacheSymbol } from '@pothos/core'
import type { AccessLookup } from '../auth/accessCache.ts'
import type { Authentication } from '../auth/authenticate.ts'
import type { ApprovalGate } from '../commands/approvalGate.ts'
import type { Upstream } from '../commands/upstream.ts'
import type { ReadPool } from '../database/client.ts'
import type { Database } from '../database/database.ts'
import type { ChangeFeed } from '../database/pubsub/changeFeed.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'

/** What an operation costs, and the state of the limit of costs of its key. Without such a limit, the rest is null. */
export interface OperationRateLimit {
  cost: number
  limit: number | null
  remaining: number | null
  resetAt: Date | null
}

/** The state that all resolvers of a request share. Data loaders are stored by its identity, so they end with the request. */
export interface Context {
  /**
   * Where fields read: the primary, or for a query a read replica (`useReadReplicas`). Coalesced queries are shared by those with the same client.
   */
  db: ReadPool
  /** The primary: for writes, and for reads that decide about a write or about access. */
  database: Database
  /** Decides which changes need approval. */
  approvalGate: ApprovalGate
  /** The projects of PostHog that projects are linked to. */
  upstream: Upstream
  /** When the request arrived. Rules use this time as "now", and no other. */
  now: Date
  config: Config
  /** For errors that are not thrown. */
  log: Logger
  /** The viewer, or the reason why there is none. Read it through `requireViewer`. */
  authentication: Authentication
  /** Looks up the owner of an API key, and a project: through the access cache, or uncached. */
  access: AccessLookup
  /** Reads the viewer from the database again, bypassing the access cache. `now` is the time of that read. */
  reauthenticate(): Promise<Pick<Context, 'authentication' | 'access' | 'now'>>
  /** What the operation counts for, and what is left. Null until it is counted. */
  rateLimit: OperationRateLimit | null
  /** Identifies the HTTP request, or the event of a subscription, whose work is counted together: see `createRequestBudget`. */
  work: object
  /** The change events of all servers, for the subscribers of this server. */
  changeFeed: ChangeFeed
}

/** Drops the data loaders with their cached rows. Call it after a write and before each subscription event, so that fields read new values. */
export function clearLoaders(context: Context): void {
  Object.assign(context, { [contextCacheSymbol]: {} })
}
