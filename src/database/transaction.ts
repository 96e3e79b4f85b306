import type { Transaction } from './client.ts'
import type { Database } from './database.ts'
import { Prisma } from './generated/client.ts'
import { type ChangedIds, publishChanges } from './pubsub/publishChanges.ts'

/** Limits in milliseconds: of the wait for a connection, and of the transaction with its waits for row locks. */
const transactionOptions = { maxWait: 20_000, timeout: 30_000 }
const maxAttempts = 5

/** A transaction, and the changes that it publishes when it commits. */
export interface UnitOfWork {
  tx: Transaction
  /** Records changed ids. Their change events are published if the transaction commits. */
  recordChange(ids: ChangedIds): void
}

/**
 * Runs work in one transaction, and publishes its change events. Conflicts are detected by unique constraints, not by earlier reads. After a
 * unique violation, a deadlock or a serialization failure, the work runs again. It then sees the other write, and throws a named error or
 * chooses another value.
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

/** Whether an error was caused by a concurrent write. */
export function isWriteConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  if (error.code === 'P2002' || error.code === 'P2034') return true
  // Errors of hand-written SQL: deadlock, serialization failure, unique violation.
  return error.code === 'P2010' && /40P01|40001|23505/.test(JSON.stringify(error.meta ?? {}))
}

/** Runs work in a savepoint. If it throws, its writes are undone, the error is rethrown, and the transaction can continue. */
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
