import type { PrismaClient } from './generated/client.ts'

/** What the rest of the service knows of its database. */
export type Db = PrismaClient

/** The client inside a transaction. */
export type Transaction = Omit<Db, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

export interface Database {
  db: Db
  /** The names of the migrations that opening applied, oldest first. */
  migrated: string[]
  /** Waits for what is under way, then lets the database go. */
  close(): Promise<void>
}
