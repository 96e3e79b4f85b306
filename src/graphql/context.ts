import { contextCacheSymbol } from '@pothos/core'
import type { AccessLookup } from '../auth/accessCache.ts'
import type { Authentication } from '../auth/authenticate.ts'
import type { ApprovalGate } from '../commands/approvalGate.ts'
import type { Db } from '../database/client.ts'
import type { ChangeFeed } from '../database/pubsub/changeFeed.ts'
import type { PubSub } from '../database/pubsub/pubSub.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'

/** The state that all resolvers of a request share. Data loaders are stored by its identity, so they end with the request. */
export interface Context {
  db: Db
  pubSub: PubSub
  /** Decides which changes need approval. */
  approvalGate: ApprovalGate
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
  /** The change events of all servers, for the subscribers of this server. */
  changeFeed: ChangeFeed
}

/** Drops the data loaders with their cached rows. Call it after a write and before each subscription event, so that fields read new values. */
export function clearLoaders(context: Context): void {
  Object.assign(context, { [contextCacheSymbol]: {} })
}
