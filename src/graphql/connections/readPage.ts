import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import type { Prisma } from '../../database/generated/client.ts'
import {
  type Cut,
  countStatement,
  existsStatement,
  firstStage,
  type Placed,
  pageStatement,
  type Range,
  type Rows,
} from '../../database/keyset/pageQuery.ts'
import { nextStage, type Stage } from '../../database/keyset/searchStrategy.ts'
import type { Ordering, Position } from '../../database/keyset/sortOrder.ts'
import { type Question, questionOf, rowsTogether } from '../../database/queryCoalescer.ts'
import type { Context } from '../context.ts'

/** Reads the rows of a parent that a range and a cut of it mean. */
export async function readPage<Row extends Placed>(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  range: Range,
  cut: Cut,
): Promise<Row[]> {
  const read = (stage: Stage) =>
    batched<Row & { isAll?: boolean }>(context, parentId, rows, ['page', stage, named(ordering), range, cut], () =>
      pageStatement(rows, ordering, range, cut, stage),
    )
  let stage: Stage | null = firstStage(rows, cut.offset)
  let page = await read(stage)
  // Where the first statement found nothing, it has asked the index.
  if (stage === 'glanced' && page[0]?.isAll !== false) stage = 'searched'
  for (stage = nextStage(stage, page.length, cut.limit); stage !== null; stage = nextStage(stage, page.length, cut.limit))
    page = await read(stage)
  return cut.backwards ? page.toReversed() : page
}

/** How many rows there are. It reads all of them in the index: ask only when somebody wants to know. */
export async function countRows(context: Context, parentId: number, rows: Rows): Promise<number> {
  const [answer] = await batched<{ parentId: number; count: number }>(context, parentId, rows, ['count'], () => countStatement(rows))
  return answer?.count ?? 0
}

/** Whether any row stands at a place or beyond it; with no place, whether there is any row. */
export async function anyAtOrBeyond(
  context: Context,
  parentId: number,
  rows: Rows,
  ordering: Ordering,
  place: Position | null,
  side: 'after' | 'before',
): Promise<boolean> {
  let stage: Stage | null = firstStage(rows, 0)
  while (stage !== null) {
    const now: Stage = stage
    const what = ['any', now, named(ordering), place, side]
    const [answer] = await batched<{ parentId: number; any: boolean }>(context, parentId, rows, what, () =>
      existsStatement(rows, ordering, place, side, now),
    )
    if (answer?.any) return true
    stage = nextStage(stage, 0, 1)
  }
  return false
}

/** What tells an order from all others of a list. */
const named = ({ name, anchor }: Ordering) => [name, anchor?.getTime()]

/** How many questions about one list are kept; each place in it makes others. */
const mostQuestions = 100

type Batch = DataLoader<number, { parentId: number }[]>
const batches = createContextCache((_context: Context) => new Map<string, Batch>())

/**
 * The rows that a statement finds for one parent, asked for together with those of every other parent in the same tick.
 *
 * @param what tells the statement from all others about these rows
 */
async function batched<Row extends { parentId: number }>(
  context: Context,
  parentId: number,
  rows: Rows,
  what: unknown[],
  statement: () => (parentIds: readonly number[]) => Prisma.Sql,
): Promise<Row[]> {
  return (await batchOf(context, questionAbout(rows, what, statement)).load(parentId)) as Row[]
}

function questionAbout({ questions }: Rows, what: unknown[], statement: () => (parentIds: readonly number[]) => Prisma.Sql): Question {
  if (questions === undefined) return questionOf(statement())
  const name = JSON.stringify(what)
  const known = questions.get(name)
  if (known !== undefined) return known
  const question = questionOf(statement())
  if (questions.size === mostQuestions) questions.clear()
  questions.set(name, question)
  return question
}

function batchOf(context: Context, question: Question): Batch {
  const known = batches(context)
  const batch =
    known.get(question.key) ??
    new DataLoader(async (parentIds: readonly number[]) => {
      const rows = await rowsTogether<{ parentId: number }>(context, question, parentIds, 'parentId')
      return parentIds.map((id) => rows.get(id) ?? [])
    })
  known.set(question.key, batch)
  return batch
}
