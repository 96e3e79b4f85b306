import type { Db, Transaction } from './client.ts'
import { Prisma } from './generated/client.ts'
import { publishChanges } from './pubsub/publishChanges.ts'

/** A write waits for others that hold its rows, and then has this long, in milliseconds. */
const transactionOptions = { maxWait: 20_000, timeout: 30_000 }
const maxAttempts = 5

/**
 * Does work in one transaction. Where a unique constraint, a deadlock or a serialization failure decides against it, the work is done
 * anew: it then sees what the winner wrote, and refuses by name or chooses another. Constraints decide, never a look beforehand. What it
 * announced is sent with its commit.
 */
export async function withTransaction<Result>(db: Db, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      const [result, afterCommit] = await db.$transaction(
        async (tx) => [await work(tx), await publishChanges(db, tx)] as const,
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
