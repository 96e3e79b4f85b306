import type { PrismaClient } from './generated/client.ts'

/** The database client of the service. */
export type Db = PrismaClient

/** The database client inside a transaction. */
export type Transaction = Omit<Db, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>
