import type { Logger } from '../platform/logger.ts'
import type { Db } from './client.ts'
import { Prisma } from './generated/client.ts'

// Requests that are under way at the same time ask the database together: what several of them want to know by the same statement, of other
// rows or of the same, takes one statement. Nothing is kept. A statement is sent after everybody whom it answers has asked, so that no answer
// is older than its question.

/** How many requests share a statement at most; the others' goes by another connection, so that a slow one holds few of them up. */
const maxBatchSize = 16
/** Who asks about more than this asks alone: nobody is to wait for so much. */
const maxItemsPerRequest = 100
/** How long those who ask while the same is being asked wait for its answer, in milliseconds; then theirs is sent without it. */
const maxWaitMs = 2

/** What of a request's context is needed to ask. */
export interface QueryContext {
  db: Db
  log: Logger
}

/** One request's part in a statement. */
interface PendingRequest {
  items: readonly unknown[]
  load(items: readonly unknown[]): Promise<unknown>
  deferred: PromiseWithResolvers<unknown>
}

/** Those who ask one question. */
interface BatchQueue {
  pending: PendingRequest[]
  /** How many statements are not answered yet. */
  inFlight: number
  timer: NodeJS.Timeout | undefined
}

const queuesByDatabase = new WeakMap<Db, Map<unknown, BatchQueue>>()

/**
 * Asks the same question about the items of every request that is asking it at the moment.
 *
 * @param queryKey tells one question from another. Whatever the answer depends on beside the items, such as who asks, is part of it.
 * @param load answers about any items; the answer tells by item. Where it fails for several requests, each of them is answered alone, so
 *   that none fails by another's fault, and what went wrong is logged.
 */
export function coalesceQuery<Item, Answer>(
  { db, log }: QueryContext,
  queryKey: unknown,
  items: readonly Item[],
  load: (items: readonly Item[]) => Promise<Answer>,
): Promise<Answer> {
  if (items.length > maxItemsPerRequest) return load(items)
  const queues = queuesByDatabase.get(db) ?? new Map<unknown, BatchQueue>()
  queuesByDatabase.set(db, queues)
  const queue = queues.get(queryKey) ?? { pending: [], inFlight: 0, timer: undefined }
  queues.set(queryKey, queue)

  async function flush(): Promise<void> {
    clearTimeout(queue.timer)
    const batch = queue.pending.splice(0)
    if (batch.length === 0) return
    queue.inFlight++
    const results = await resolveBatch(batch, log)
    queue.inFlight--
    for (const [index, { deferred }] of batch.entries()) deferred.resolve(results[index])
    if (queue.pending.length > 0) setImmediate(flush)
    else if (queue.inFlight === 0) queues.delete(queryKey)
  }

  const deferred = Promise.withResolvers<unknown>()
  const isFirst = queue.pending.push({ items, load: load as PendingRequest['load'], deferred }) === 1
  if (queue.pending.length === maxBatchSize) void flush()
  // Once every request whose bytes have arrived was heard.
  else if (isFirst && queue.inFlight === 0) setImmediate(flush)
  else if (isFirst) queue.timer = setTimeout(flush, maxWaitMs)
  return deferred.promise as Promise<Answer>
}

/** What each of them is answered, or a promise of it. */
async function resolveBatch(batch: readonly PendingRequest[], log: Logger): Promise<readonly unknown[]> {
  const loadIndividually = async () => {
    const all = batch.map(({ items, load: read }) => read(items))
    await Promise.allSettled(all)
    return all
  }
  const [first, ...others] = batch
  if (first === undefined || others.length === 0) return loadIndividually()
  try {
    const result = await first.load([...new Set(batch.flatMap(({ items }) => items))])
    return batch.map(() => result)
  } catch (err) {
    // Nobody else may hear of it: alone, each may well be answered.
    log.error({ err }, 'A statement that requests share failed; it is sent for each of them alone.')
    return loadIndividually()
  }
}

/** A statement about ids that are yet to be known. */
export interface BatchQuery {
  /** Its text and its values: the same for the same question, whoever asks it. */
  key: string
  toSql(ids: readonly number[]): Prisma.Sql
}

/** @param statement must not use the ids but as one value */
export function toBatchQuery(statement: (ids: number[]) => Prisma.Sql): BatchQuery {
  const placeholder: number[] = []
  const { strings, values, sql } = statement(placeholder)
  return {
    key: `${sql}\n${JSON.stringify(values)}`,
    toSql: (ids) =>
      new Prisma.Sql(
        strings,
        // As PostgreSQL writes an array: a list of parameters costs more on its way through Prisma than many a statement takes.
        values.map((value) => (value === placeholder ? `{${ids.join()}}` : value)),
      ),
  }
}

/**
 * The rows that a statement finds for ids, for all requests that send it at the moment: the same text with the same values, ids aside.
 *
 * @returns the rows under the id that `under` names in each; perhaps also those of ids that others asked about
 */
export function coalescedRows<Row>(
  queryContext: QueryContext,
  { key, toSql }: BatchQuery,
  ids: readonly number[],
  groupByKey: keyof Row,
): Promise<Map<number, Row[]>> {
  return coalesceQuery(queryContext, key, ids, async (all) =>
    Map.groupBy(await queryContext.db.$queryRaw<Row[]>(toSql(all)), (row) => row[groupByKey] as number),
  )
}
