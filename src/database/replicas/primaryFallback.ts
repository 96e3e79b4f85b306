import type { PrismaPg } from '@prisma/adapter-pg'
import { faultOf } from '../faults.ts'

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>

/** Whether the primary can answer a statement that failed on a replica. One that takes too long would take as long there. */
export function canAskPrimary(error: unknown): boolean {
  const fault = faultOf(error)
  return fault !== null && !(fault.kind === 'timeout' && fault.timeout !== 'LOCK')
}

interface FallbackOptions {
  primary: Adapter
  /** Whether the replica is known to be out of reach, so that statements need not try it. */
  isOut(): boolean
  /** Called for each statement that the primary answers instead. */
  onFallback(): void
}

/**
 * Makes the adapter of a replica send statements to the primary while the replica is out of reach, and those that fail because of the replica:
 * its server stops, its network is silent, or replay cancels them (a recovery conflict). It refuses transactions and statements without a result.
 */
export function fallBackToPrimary(replica: PrismaPg, { primary, isOut, onFallback }: FallbackOptions): void {
  const connect = replica.connect.bind(replica)
  replica.connect = async () => {
    const adapter = await connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    const askPrimary: Adapter['queryRaw'] = (query) => {
      onFallback()
      return primary.queryRaw(query)
    }
    adapter.queryRaw = async (query) => {
      if (isOut()) return askPrimary(query)
      try {
        return await queryRaw(query)
      } catch (error) {
        if (!canAskPrimary(error)) throw error
        return askPrimary(query)
      }
    }
    adapter.executeRaw = refuse
    adapter.startTransaction = refuse
    return adapter
  }
}

async function refuse(): Promise<never> {
  throw new Error('A read replica takes no writes and no transactions. Use the primary.')
}
