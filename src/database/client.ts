import type { Prisma, PrismaClient } from './generated/client.ts'

/** The database client of the service. */
export type Db = PrismaClient

type ReadMethod = 'findUnique' | 'findUniqueOrThrow' | 'findFirst' | 'findFirstOrThrow' | 'findMany' | 'count' | 'aggregate' | 'groupBy'

/** A client that only reads: of the primary, or of a read replica. The type keeps writes from it. */
export type ReadClient = Pick<Db, '$queryRaw'> & { [Name in Uncapitalize<Prisma.ModelName>]: Pick<Db[Name], ReadMethod> }

/** The database client inside a transaction. */
export type Transaction = Omit<Db, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>
