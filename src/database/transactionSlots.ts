import type { Db } from './client.ts'

// Transactions can wait for row locks. If they could take every connection of the pool, one busy row would stop all reads of all tenants.

interface Slots {
  free: number
  waitMs: number
  /** Those that wait, first come, first served. */
  queue: Set<() => void>
}

const slotsByDatabase = new WeakMap<Db, Slots>()

/** Limits how many transactions of a client run at once: a fifth of its connections stays free for reads. */
export function reserveConnectionsForReads(db: Db, poolSize: number, waitMs: number): void {
  slotsByDatabase.set(db, { free: Math.max(1, Math.floor(poolSize * 0.8)), waitMs, queue: new Set() })
}

/**
 * Waits until a transaction may start.
 *
 * @returns a function to call after the transaction
 * @throws TransactionSlotError if that takes too long.
 */
export async function takeTransactionSlot(db: Db): Promise<() => void> {
  const slots = slotsByDatabase.get(db)
  if (slots === undefined) return () => {}
  if (slots.free > 0) slots.free--
  else await waitForSlot(slots)
  return () => {
    const [next] = slots.queue
    if (next === undefined) slots.free++
    else next()
  }
}

function waitForSlot({ queue, waitMs }: Slots): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const enter = () => {
    clearTimeout(timer)
    queue.delete(enter)
    resolve()
  }
  const timer = setTimeout(() => {
    queue.delete(enter)
    reject(new TransactionSlotError())
  }, waitMs)
  queue.add(enter)
  return promise
}

/** Too many transactions run at once. */
export class TransactionSlotError extends Error {
  constructor() {
    super('Timed out while waiting for other transactions to end.')
  }
}
