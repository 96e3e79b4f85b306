import { contextCacheSymbol } from '@pothos/core'
import type { AccessLookup } from '../auth/accessCache.ts'
import type { Authentication } from '../auth/authenticate.ts'
import type { ApprovalGate } from '../commands/approvalGate.ts'
import type { Db } from '../database/open.ts'
import type { ChangeFeed } from '../database/pubsub/changeFeed.ts'
import type { PubSub } from '../database/pubsub/pubSub.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'

/** What every resolver of one request shares. Batch loaders hang on its identity, so they end with the request. */
export interface Context {
  db: Db
  pubSub: PubSub
  /** Decides which changes need the consent of others. */
  approvalGate: ApprovalGate
  /** The instant the request arrived: the only "now" that a rule may know. */
  now: Date
  config: Config
  /** For what goes wrong and is not thrown. */
  log: Logger
  /** Who asks, or why nobody does. Read it through `requireViewer`. */
  authentication: Authentication
  /** How that is read, and the project that is asked about. */
  access: AccessLookup
  /** Asks the database again, later on: who it is then, and when that is. */
  reauthenticate(): Promise<Pick<Context, 'authentication' | 'access' | 'now'>>
  /** Those who follow updates on this server. */
  changeFeed: ChangeFeed
}

/** What this request has read so far may be old now: what comes after, in the same document or stream, is read anew. */
export function clearLoaders(context: Context): void {
  Object.assign(context, { [contextCacheSymbol]: {} })
}
