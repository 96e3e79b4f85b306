import { cancellation } from '../platform/cancellation.ts'
import type { Transaction } from './client.ts'
import type { Database } from './database.ts'
import type { EventsElsewhere } from './events/eventStore.ts'
import { faultOf } from './faults.ts'
import { Prisma } from './generated/client.ts'
import { type ChangedIds, publishChanges } from './pubsub/publishChanges.ts'

const maxAttempts = 5

/** A transaction, and the changes that it publishes when it commits. */
export interface UnitOfWork {
  tx: Transaction
  /** Events that are kept in ClickHouse, for plans that ask about them. */
  eventsElsewhere: EventsElsewhere | undefined
  /** Records changed ids. Their change events are published if the transaction commits. */
  recordChange(ids: ChangedIds): void
}

/**
 * Runs work in one transaction, and publishes its change events. Conflicts are detected by unique constraints, not by earlier reads. After a
 * unique violation, a deadlock or a serialization failure, the work runs again. It then sees the other write, and throws a named error or
 * chooses another value. If the request is cancelled before the commit, the transaction is rolled back.
 */
export async function withTransaction<Result>(
  { db, transactionSlots, pubSub, eventsElsewhere }: Database,
  work: (unit: UnitOfWork) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const changes: ChangedIds[] = []
    cancellation()?.throwIfAborted()
    const leave = await transactionSlots?.take()
    try {
      const [result, afterCommit] = await db.$transaction(async (tx) => {
        const result = await work({ tx, eventsElsewhere, recordChange: (ids) => changes.push(ids) })
        const afterCommit = await publishChanges({ db, pubSub }, tx, changes)
        // A caller who left, or was told that the time is up, gets no late write.
        cancellation()?.throwIfAborted()
        return [result, afterCommit] as const
      })
      afterCommit()
      return result
    } catch (error) {
      if (attempt === maxAttempts || !isWriteConflict(error)) throw error
    } finally {
      leave?.()
    }
  }
}

/** Whether an error was caused by a concurrent write. */
export function isWriteConflict(error: unknown): boolean {
  if (faultOf(error)?.kind === 'conflict') return true
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false
  // Of hand-written SQL, only PostgreSQL's code tells a unique violation.
  return error.code === 'P2002' || (error.code === 'P2010' && JSON.stringify(error.meta ?? {}).includes('23505'))
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
