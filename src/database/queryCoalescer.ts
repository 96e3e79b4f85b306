import type { Logger } from '../platform/logger.ts'
import { Prisma } from './generated/client.ts'
import type { Db } from './open.ts'

// Requests that are under way at the same time ask the database together: what several of them want to know by the same statement, of other
// rows or of the same, takes one statement. Nothing is kept. A statement is sent after everybody whom it answers has asked, so that no answer
// is older than its question.

/** How many requests share a statement at most; the others' goes by another connection, so that a slow one holds few of them up. */
const mostSharers = 16
/** Who asks about more than this asks alone: nobody is to wait for so much. */
const mostItems = 100
/** How long those who ask while the same is being asked wait for its answer, in milliseconds; then theirs is sent without it. */
const patience = 2

/** What of a request's context is needed to ask. */
export interface Asker {
  db: Db
  log: Logger
}

/** One request's part in a statement. */
interface Share {
  items: readonly unknown[]
  read(items: readonly unknown[]): Promise<unknown>
  answered: PromiseWithResolvers<unknown>
}

/** Those who ask one question. */
interface Line {
  waiting: Share[]
  /** How many statements are not answered yet. */
  underWay: number
  timer: NodeJS.Timeout | undefined
}

const lines = new WeakMap<Db, Map<unknown, Line>>()

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
  const ofDb = lines.get(db) ?? new Map<unknown, Line>()
  lines.set(db, ofDb)
  const line = ofDb.get(question) ?? { waiting: [], underWay: 0, timer: undefined }
  ofDb.set(question, line)

  async function send(): Promise<void> {
    clearTimeout(line.timer)
    const shares = line.waiting.splice(0)
    if (shares.length === 0) return
    line.underWay++
    const found = await answers(shares, log)
    line.underWay--
    for (const [index, { answered }] of shares.entries()) answered.resolve(found[index])
    if (line.waiting.length > 0) setImmediate(send)
    else if (line.underWay === 0) ofDb.delete(question)
  }

  const answered = Promise.withResolvers<unknown>()
  const isFirst = line.waiting.push({ items, read: read as Share['read'], answered }) === 1
  if (line.waiting.length === mostSharers) void send()
  // Once every request whose bytes have arrived was heard.
  else if (isFirst && line.underWay === 0) setImmediate(send)
  else if (isFirst) line.timer = setTimeout(send, patience)
  return answered.promise as Promise<Answer>
}

/** What each of them is answered, or a promise of it. */
async function answers(shares: readonly Share[], log: Logger): Promise<readonly unknown[]> {
  const alone = async () => {
    const all = shares.map(({ items, read }) => read(items))
    await Promise.allSettled(all)
    return all
  }
  const [first, ...others] = shares
  if (first === undefined || others.length === 0) return alone()
  try {
    const found = await first.read([...new Set(shares.flatMap(({ items }) => items))])
    return shares.map(() => found)
  } catch (err) {
    // Nobody else may hear of it: alone, each may well be answered.
    log.error({ err }, 'A statement that requests share failed; it is sent for each of them alone.')
    return alone()
  }
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
        // As PostgreSQL writes an array: a list of parameters costs more on its way through Prisma than many a statement takes.
        values.map((value) => (value === place ? `{${ids.join()}}` : value)),
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
