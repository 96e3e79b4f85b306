import DataLoader from 'dataloader'
import type { Logger } from '../log.ts'
import type { Db } from './database.ts'
import { Prisma } from './generated/client.ts'

// Requests that are under way at the same time ask the database together: what several of them want to know by the same statement, of other
// rows or of the same, takes one statement. Nothing is kept. A statement is sent after everybody whom it answers has asked, so that no answer
// is older than its question.

/** How many requests share a statement at most; the others' goes by another connection, so that a slow one holds few of them up. */
const mostSharers = 16
/** Who asks about more than this asks alone: nobody is to wait for so much. */
const mostItems = 100

/** What of a request's context is needed to ask. */
export interface Asker {
  db: Db
  log: Logger
}

type Read = (items: readonly unknown[]) => Promise<unknown>
type Batch = DataLoader<readonly unknown[], unknown>
const batches = new WeakMap<Db, Map<unknown, Batch>>()

/**
 * Asks the same question about the items of every request that is asking it at the moment.
 *
 * @param question tells one question from another. Whatever the answer depends on beside the items, such as who asks, is part of it.
 * @param read answers about any items; the answer tells by item. Where it fails for several requests, each of them is answered alone, so
 *   that none fails by another's fault, and what went wrong is logged.
 */
export function askTogether<Item, Answer>(
  { db, log }: Asker,
  question: unknown,
  items: readonly Item[],
  read: (items: readonly Item[]) => Promise<Answer>,
): Promise<Answer> {
  if (items.length > mostItems) return read(items)
  const open = batches.get(db) ?? new Map<unknown, Batch>()
  batches.set(db, open)
  const batch = open.get(question) ?? newBatch(read as Read, log, () => open.delete(question))
  open.set(question, batch)
  return batch.load(items) as Promise<Answer>
}

function newBatch(read: Read, log: Logger, close: () => void): Batch {
  return new DataLoader(
    async (shares) => {
      close()
      const [only] = shares
      if (only !== undefined && shares.length === 1) return [await read(only)]
      try {
        const answer = await read([...new Set(shares.flat())])
        return shares.map(() => answer)
      } catch (err) {
        // Nobody else may hear of it: alone, each may well be answered.
        log.error({ err }, 'A statement that requests share failed; it is sent for each of them alone.')
        return Promise.all(shares.map((items) => read(items).catch((error: Error) => error)))
      }
    },
    // Once every request whose bytes have arrived was heard.
    { cache: false, maxBatchSize: mostSharers, batchScheduleFn: (send) => setImmediate(send) },
  )
}

/** A statement about ids that are yet to be known. */
export interface Question {
  /** Its text and its values: the same for the same question, whoever asks it. */
  key: string
  about(ids: readonly number[]): Prisma.Sql
}

/** @param statement must not use the ids but as one value */
export function questionOf(statement: (ids: number[]) => Prisma.Sql): Question {
  const place: number[] = []
  const { strings, values, sql } = statement(place)
  return {
    key: `${sql}\n${JSON.stringify(values)}`,
    about: (ids) =>
      new Prisma.Sql(
        strings,
        values.map((value) => (value === place ? [...ids] : value)),
      ),
  }
}

/**
 * The rows that a statement finds for ids, for all requests that send it at the moment: the same text with the same values, ids aside.
 *
 * @returns the rows under the id that `under` names in each; perhaps also those of ids that others asked about
 */
export function rowsTogether<Row>(
  asker: Asker,
  { key, about }: Question,
  ids: readonly number[],
  under: keyof Row,
): Promise<Map<number, Row[]>> {
  return askTogether(asker, key, ids, async (all) =>
    Map.groupBy(await asker.db.$queryRaw<Row[]>(about(all)), (row) => row[under] as number),
  )
}
