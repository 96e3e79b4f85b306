import { Prisma } from './generated/client.ts'
import type { Database, Transaction } from './open.ts'
import { type ChangedIds, publishChanges } from './pubsub/publishChanges.ts'

/** A write waits for others that hold its rows, and then has this long, in milliseconds. */
const transactionOptions = { maxWait: 20_000, timeout: 30_000 }
const maxAttempts = 5

/** A transaction, and the changes that it publishes when it commits. */
export interface UnitOfWork {
  tx: Transaction
  /** Notes what the transaction changes: subscribers hear of it once it has committed. */
  recordChange(ids: ChangedIds): void
}

/**
 * Runs work in one transaction. A unique constraint, a deadlock or a serialization failure makes it run again: it then sees what the other
 * write did, and fails with a named error or chooses another value. Conflicts are detected by constraints, not by earlier reads.
 */
export async function withTransaction<Result>({ db, pubSub }: Database, work: (unit: UnitOfWork) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const changes: ChangedIds[] = []
    try {
      const [result, afterCommit] = await db.$transaction(
        async (tx) => [await work({ tx, recordChange: (ids) => changes.push(ids) }), await publishChanges(pubSub, tx, changes)] as const,
        transactionOptions,
      )
      afterCommit()
      return result
    } catch (error) {
      if (attempt === maxAttempts || !isWriteConflict(error)) throw error
    }
  }
}

/** Whether somebody else's write came first. */
export function isWriteConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  if (error.code === 'P2002' || error.code === 'P2034') return true
  // What a hand-written statement met: deadlock detected, could not serialize.
  return error.code === 'P2010' && /40P01|40001|23505/.test(JSON.stringify(error.meta ?? {}))
}

/** Does work that may fail inside a transaction, which goes on: what failed work had written is undone. */
export async function withSavepoint<Result>(tx: Transaction, work: () => Promise<Result>): Promise<Result> {
  await tx.$executeRaw`SAVEPOINT attempt`
  try {
    const result = await work()
    await tx.$executeRaw`RELEASE SAVEPOINT attempt`
    return result
  } catch (error) {
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT attempt`
    throw error
  }
}
