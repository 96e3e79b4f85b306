import { cancellation } from '../platform/cancellation.ts'
import type { Logger } from '../platform/logger.ts'
import { inSharedScope, type RequestScope, requestScope } from '../platform/requestScope.ts'
import type { ReadPool } from './client.ts'
import { faultOf } from './faults.ts'
import type { BatchQuery } from './statements/statementTemplate.ts'

// Concurrent requests that run the same SQL share one query, for the same rows or different ones. Results are not cached. A query is sent only
// after all requests that share it have asked, so no result is older than its request. A request that is cancelled before that is left out.
// The statements of a query count for each request that shares it.

/**
 * How many requests for different rows may share one query. Further ones use another connection, so that a slow query delays few of them.
 * Requests for rows that a query reads anyway are not counted: a thousand subscribers of one experiment share one.
 */
const maxBatchSize = 16
/** A request with more items than this does not share its query, so that no other request waits for it. */
const maxItemsPerRequest = 100
/** How long a request waits while the same query is in flight, in milliseconds. Then the next query is sent. */
const maxWaitMs = 2

/** The parts of a request's context that a query needs. */
export interface QueryContext {
  db: ReadPool
  log: Logger
}

/** One request that waits in a queue. */
interface PendingRequest {
  items: readonly unknown[]
  load(items: readonly unknown[]): Promise<unknown>
  signal: AbortSignal | undefined
  deferred: PromiseWithResolvers<unknown>
  scope: RequestScope | undefined
}

/** The requests that wait for the same query. */
interface BatchQueue {
  pending: PendingRequest[]
  /** What the pending requests ask for. */
  items: Set<unknown>
  /** How many of the pending requests asked for something that no earlier one did. */
  different: number
  /** The number of queries without a result yet. */
  inFlight: number
  timer: NodeJS.Timeout | undefined
}

const queuesByDatabase = new WeakMap<ReadPool, Map<unknown, BatchQueue>>()

/**
 * Runs one query for the items of all concurrent requests with the same key.
 *
 * @param queryKey identifies the query. It must contain everything that the result depends on, except the items: the viewer, for example.
 * @param load runs the query for any items. Its result must be readable by item. If a shared query fails, the error is logged, and each
 *   request runs `load` for its own items, so that no request fails because of another. All fail if the database is the cause.
 */
export function coalesceQuery<Item, Answer>(
  { db, log }: QueryContext,
  queryKey: unknown,
  items: readonly Item[],
  load: (items: readonly Item[]) => Promise<Answer>,
): Promise<Answer> {
  const signal = cancellation()
  if (signal?.aborted) return Promise.reject(signal.reason)
  if (items.length > maxItemsPerRequest) return load(items)
  const queues = queuesByDatabase.get(db) ?? new Map<unknown, BatchQueue>()
  queuesByDatabase.set(db, queues)
  const queue = queues.get(queryKey) ?? { pending: [], items: new Set(), different: 0, inFlight: 0, timer: undefined }
  queues.set(queryKey, queue)

  async function flush(): Promise<void> {
    clearTimeout(queue.timer)
    const all = queue.pending.splice(0)
    queue.items.clear()
    queue.different = 0
    if (all.length === 0) return
    const batch = all.filter(({ signal }) => !signal?.aborted)
    for (const { signal, deferred } of all) if (signal?.aborted) deferred.reject(signal.reason)
    queue.inFlight++
    const results = await resolveBatch(batch, log)
    queue.inFlight--
    for (const [index, { deferred }] of batch.entries()) deferred.resolve(results[index])
    if (queue.pending.length > 0) setImmediate(flush)
    else if (queue.inFlight === 0) queues.delete(queryKey)
  }

  const deferred = Promise.withResolvers<unknown>()
  const request = { items, load: load as PendingRequest['load'], signal, deferred, scope: requestScope() }
  const isFirst = queue.pending.push(request) === 1
  const known = queue.items.size
  for (const item of items) queue.items.add(item)
  if (queue.items.size > known) queue.different++
  if (queue.different === maxBatchSize) void flush()
  // After all requests that have already arrived were added to the queue.
  else if (isFirst && queue.inFlight === 0) setImmediate(flush)
  else if (isFirst) queue.timer = setTimeout(flush, maxWaitMs)
  return deferred.promise as Promise<Answer>
}

/** Returns the result of each request in the batch, or a promise of it. */
async function resolveBatch(batch: readonly PendingRequest[], log: Logger): Promise<readonly unknown[]> {
  const settle = async (results: readonly Promise<unknown>[]) => {
    await Promise.allSettled(results)
    return results
  }
  const loadIndividually = () => settle(batch.map(({ items, load, scope }) => inSharedScope([scope], () => load(items))))
  const [first, ...others] = batch
  if (first === undefined || others.length === 0) return loadIndividually()
  try {
    const scopes = batch.map(({ scope }) => scope)
    const result = await inSharedScope(scopes, () => first.load([...new Set(batch.flatMap(({ items }) => items))]))
    return batch.map(() => result)
  } catch (err) {
    // A database that is down or too slow is not asked again for each request.
    if (faultOf(err) !== null) return settle(batch.map(() => Promise.reject(err)))
    // Logged here, because each request may succeed on its own, and then nothing else reports the error.
    log.error({ err }, 'Query coalescer: a shared query failed. Running it for each request separately.')
    return loadIndividually()
  }
}

/**
 * Reads the rows for some ids, in one query with all concurrent requests that run the same statement.
 *
 * @param groupByKey the column that holds the id
 * @returns the rows, grouped by id; may contain rows of ids from other requests
 */
export function coalescedRows<Row, Id extends number | string = number>(
  queryContext: QueryContext,
  { key, withIds }: BatchQuery,
  ids: readonly Id[],
  groupByKey: keyof Row,
): Promise<Map<Id, Row[]>> {
  return coalesceQuery(queryContext, key, ids, async (all) =>
    Map.groupBy(await queryContext.db.queryRows<Row>(withIds(all)), (row) => row[groupByKey] as Id),
  )
}
