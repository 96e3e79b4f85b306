// Transactions can wait for row locks. If they could take every connection of the pool, one busy row would stop all reads of all tenants.

/** Limits how many transactions of a client run at once. */
export interface TransactionSlots {
  /**
   * Waits until a transaction may start.
   *
   * @returns a function to call after the transaction
   * @throws TransactionSlotError if that takes too long.
   */
  take(): Promise<() => void>
}

/** Leaves a fifth of the connections free for reads. */
export function createTransactionSlots(poolSize: number, waitMs: number): TransactionSlots {
  let free = Math.max(1, Math.floor(poolSize * 0.8))
  /** Those that wait, first come, first served. */
  const queue = new Set<() => void>()

  function waitForSlot(): Promise<void> {
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

  return {
    take: async () => {
      if (free > 0) free--
      else await waitForSlot()
      return () => {
        const [next] = queue
        if (next === undefined) free++
        else next()
      }
    },
  }
}

/** Too many transactions run at once. */
export class TransactionSlotError extends Error {
  constructor() {
    super('Timed out while waiting for other transactions to end.')
  }
}
