import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { type Prisma, PrismaClient } from './generated/client.ts'
import { createRowReader, type RowReader } from './statements/rowReader.ts'

/** The database client of the service. */
export type Db = PrismaClient & RowReader

type ReadMethod = 'findUnique' | 'findUniqueOrThrow' | 'findFirst' | 'findFirstOrThrow' | 'findMany' | 'count' | 'aggregate' | 'groupBy'
type Models = { [Name in Uncapitalize<Prisma.ModelName>]: Pick<Db[Name], ReadMethod> }

/** A client that only reads, perhaps in a transaction. The type keeps writes from it. */
export type ReadClient = Pick<Db, '$queryRaw'> & Models

/** A client that only reads, outside of transactions: of the primary, or of a read replica. */
export type ReadPool = ReadClient & RowReader

/** The database client inside a transaction. */
export type Transaction = Omit<Db, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends' | 'queryRows'>

interface ClientOptions {
  adapter: SqlDriverAdapterFactory
  transactionOptions: { maxWait: number; timeout: number }
}

export function createClient(options: ClientOptions): Db {
  // Only what happened: no lines of our source, and no values of rows.
  return Object.assign(new PrismaClient({ ...options, errorFormat: 'minimal' }), createRowReader(options.adapter))
}
