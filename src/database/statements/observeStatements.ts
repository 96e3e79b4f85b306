import type { PrismaPg } from '@prisma/adapter-pg'
import type { DatabaseSystem, Observer } from '../../platform/activity.ts'
import { requestScope } from '../../platform/requestScope.ts'

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>
type Queryable = Pick<Adapter, 'queryRaw' | 'executeRaw'>

/** The connections of a pool. */
export interface PoolState {
  open: number
  idle: number
  /** How many statements and transactions wait for a connection. */
  waiting: number
}

/** All connections of several pools. Null if none of them has a state. */
export function sumPools(pools: readonly (PoolState | null)[]): PoolState | null {
  const states = pools.filter((pool) => pool !== null)
  const sum = (read: (state: PoolState) => number) => states.reduce((total, state) => total + read(state), 0)
  return states.length === 0
    ? null
    : { open: sum(({ open }) => open), idle: sum(({ idle }) => idle), waiting: sum(({ waiting }) => waiting) }
}

/** An adapter of Prisma, for PostgreSQL or PGlite. */
interface AdapterFactory {
  connect(): Promise<Queryable & Pick<Adapter, 'startTransaction'> & Partial<Pick<Adapter, 'underlyingDriver'>>>
}

/**
 * Makes an adapter of Prisma tell of each statement: the observer, and the request that it runs for. `BEGIN` and `COMMIT` count as statements.
 *
 * @returns a function that reads the state of the pool. It returns null for PGlite, and before the first statement.
 */
export function observeStatements(factory: AdapterFactory, observer: Observer): () => PoolState | null {
  let readPool: (() => PoolState) | null = null
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const adapter = await connect()
    const pool = adapter.underlyingDriver?.()
    if (pool !== undefined) readPool = () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount })
    observeQueries(adapter, observer)
    const startTransaction = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await observeStatement('postgresql', 'BEGIN', observer, () => startTransaction(isolationLevel))
      observeTransaction(transaction, observer)
      return transaction
    }
    return adapter
  }
  return () => readPool?.() ?? null
}

function observeQueries(queryable: Queryable, observer: Observer): void {
  const queryRaw = queryable.queryRaw.bind(queryable)
  const executeRaw = queryable.executeRaw.bind(queryable)
  queryable.queryRaw = (query) => observeStatement('postgresql', query.sql, observer, () => queryRaw(query))
  queryable.executeRaw = (query) => observeStatement('postgresql', query.sql, observer, () => executeRaw(query))
}

function observeTransaction(transaction: Transaction, observer: Observer): void {
  observeQueries(transaction, observer)
  // PGlite commits by itself. For PostgreSQL, Prisma sends the statement.
  if (!transaction.options.usePhantomQuery) return
  const commit = transaction.commit.bind(transaction)
  transaction.commit = () => observeStatement('postgresql', 'COMMIT', observer, commit)
}

/** Runs a statement, and tells of it: the observer, and the request that it runs for. */
export async function observeStatement<Result>(
  system: DatabaseSystem,
  sql: string,
  observer: Observer | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const scope = requestScope()
  const startedAt = performance.now()
  const record = (failed: boolean) => {
    const statement = { system, sql, startedAt, durationMs: performance.now() - startedAt, failed }
    for (const tally of scope?.tallies ?? []) tally.add(statement)
    observer?.onStatement?.(statement)
  }
  try {
    const result = await work()
    record(false)
    return result
  } catch (error) {
    record(true)
    throw error
  }
}
