import type { Authentication } from './auth/viewer.ts'
import type { Config } from './config.ts'
import type { Db } from './db/database.ts'
import type { Logger } from './log.ts'

/** What every resolver of one request shares. Batch loaders hang on its identity, so they end with the request. */
export interface Context {
  db: Db
  /** The instant the request arrived: the only "now" that a rule may know. */
  now: Date
  config: Config
  /** For what goes wrong and is not thrown. */
  log: Logger
  /** Who asks, or why nobody does. Read it through `requireViewer`. */
  authentication: Authentication
}
