import { errorMessage } from '../../../platform/operatorError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { LeaseLostError, withLease } from '../connect/lease.ts'
import { isUnreadable } from '../copy/stageRows.ts'
import { type Kind, type KindName, kindOf, listedKinds } from '../store/kinds.ts'
import { readActivityLog } from './activityLog.ts'
import { compareRows, findDeletedFlags, readDeletedFlags } from './compareRows.ts'
import { isDue, type Marks } from './marks.ts'
import { pollByTime, stopsLink } from './pollByTime.ts'
import { pollRequests } from './pollRequests.ts'
import { readList } from './readLists.ts'
import { refreshRows } from './readRows.ts'
import { type RoundContext, removeRows } from './roundContext.ts'

const nightSeconds = 24 * 60 * 60
const requestSeconds = 60
const logSeconds = 60
/** Lists of so many rows are compared at once when a count does not fit. Longer ones wait for each other. */
const quickCompareRows = 2_000
const maxHints = 200

/** How a round ended. */
export interface RoundResult {
  /** The repairs of a full comparison; null if there was none. */
  repairs: number | null
  /** What went wrong with lists that following can do without, or with what it kept. Null if nothing did. */
  problem: string | null
}

/**
 * Reads what changed in PostHog since the last round, and stores it. Flags and experiments come first: if they fail, the round fails. Other
 * lists can fail without holding them up.
 *
 * @throws UpstreamError if flags or experiments cannot be read.
 */
export async function followOnce(context: RoundContext): Promise<RoundResult> {
  const { marks, link } = context
  const problems: string[] = []
  const now = context.now()
  const readsAll =
    link.resyncRequestedAt !== null || link.reconciledAt === null || isDue(link.reconciledAt.toISOString(), nightSeconds, now)
  await readHints(context)
  if (readsAll || isDue(marks.log.readAt, logSeconds, now)) await attempt(problems, () => readLoggedRows(context, readsAll))
  const moved = await pollFlags(context)
  await pollExperiments(context, moved)
  if (readsAll || (!link.unreadable.includes('change_requests') && isDue(marks.requests.readAt, requestSeconds, now))) {
    await optional(context, problems, kindOf('change_requests'), () => pollRequests(context))
  }
  let repairs = 0
  for (const kind of listedKinds) {
    if (link.unreadable.includes(kind.name) && !readsAll) continue
    if (!readsAll && !isDue(marks.lists[kind.name], kind.everySeconds, now)) continue
    await optional(context, problems, kind, async () => {
      const { mended, missing, kept } = await readList(context, kind, readsAll)
      repairs += mended
      if (kept > 0) problems.push(keptSentence(kept, kind))
      // What is missing for the first time is looked for again in the next round.
      marks.lists[kind.name] = missing > 0 ? new Date(0).toISOString() : now.toISOString()
    })
  }
  if (!readsAll) return { repairs: null, problem: problems.join(' ') || null }
  for (const [name, passes] of [['feature_flags', marks.flags] as const, ['experiments', marks.experiments] as const]) {
    const kind = kindOf(name)
    const comparison = await compareRows(context, kind)
    repairs += comparison.repairs
    passes.comparedAt = now.toISOString()
    if (comparison.kept > 0) problems.push(keptSentence(comparison.kept, kind))
  }
  marks.acceptsDeletions = false
  return { repairs, problem: problems.join(' ') || null }
}

function keptSentence(kept: number, { label }: Kind): string {
  return (
    `${kept} ${label} are gone from PostHog's list at once, and were kept: the key may have lost its access to them. If they are really ` +
    'deleted, run `npm run link -- resync --accept-deletions`.'
  )
}

async function attempt(problems: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof LeaseLostError || (error instanceof UpstreamError && error.kind === 'unauthenticated')) throw error
    if (!(error instanceof UpstreamError)) throw error
    problems.push(errorMessage(error))
  }
}

/** Reads a list that following can do without. One that the key may not read is left out from then on, until a full comparison. */
async function optional(context: RoundContext, problems: string[], kind: Kind, work: () => Promise<void>): Promise<void> {
  const { link, database, holder } = context
  const setUnreadable = async (unreadable: string[]) => {
    link.unreadable = unreadable
    await withLease(database, link.projectId, holder, ({ tx }) =>
      tx.projectLink.update({ where: { projectId: link.projectId }, data: { unreadable } }),
    )
  }
  try {
    await work()
    if (link.unreadable.includes(kind.name)) await setUnreadable(link.unreadable.filter((name) => name !== kind.name))
  } catch (error) {
    if (isUnreadable(error)) {
      if (!link.unreadable.includes(kind.name)) await setUnreadable([...link.unreadable, kind.name])
      return
    }
    await attempt(problems, () => Promise.reject(error))
  }
}

async function pollFlags(context: RoundContext): Promise<string[]> {
  const kind = kindOf('feature_flags')
  const { flags } = context.marks
  const active = await pollByTime(context, kind, false, flags.active)
  const archived = await pollByTime(context, kind, true, flags.archived)
  await checkCount(context, kind, flags, [active.mark, archived.mark], active.created + archived.created)
  context.marks.flags = { ...flags, active: active.mark, archived: archived.mark }
  return [...active.experiments, ...archived.experiments]
}

async function pollExperiments(context: RoundContext, moved: readonly string[]): Promise<void> {
  const kind = kindOf('experiments')
  const { experiments } = context.marks
  const active = await pollByTime(context, kind, false, experiments.active)
  const archived = await pollByTime(context, kind, true, experiments.archived)
  await refreshRows(context, kind, moved)
  await checkCount(context, kind, experiments, [active.mark, archived.mark], active.created + archived.created)
  context.marks.experiments = { ...experiments, active: active.mark, archived: archived.mark }
}

/**
 * A row that was deleted is in no list any more, and says nothing. But the lists say how long they are: if they are shorter than they should
 * be, rows are gone, and if they are longer, rows were missed.
 */
async function checkCount(
  context: RoundContext,
  kind: Kind,
  passes: Marks['flags'],
  counts: readonly [{ count: number | null }, { count: number | null }],
  created: number,
): Promise<void> {
  const total = sum(counts.map(({ count }) => count))
  const before = sum([passes.active.count, passes.archived.count])
  if (total === null || before === null || total === before + created) return
  const waitSeconds = total <= quickCompareRows ? 0 : Math.ceil(total / 100) * 3
  if (!isDue(passes.comparedAt, waitSeconds, context.now())) {
    // Not forgotten: the next round finds the same difference.
    for (const [index, pass] of [passes.active, passes.archived].entries()) Object.assign(counts[index] ?? {}, { count: pass.count })
    return
  }
  passes.comparedAt = context.now().toISOString()
  if (kind.name === 'feature_flags' && total < before + created) {
    const deleted = await findDeletedFlags(context, kind)
    if (deleted !== null && deleted.length > 0 && (await readDeletedFlags(context, kind, deleted)) >= before + created - total) return
  }
  await compareRows(context, kind)
}

function sum(counts: readonly (number | null)[]): number | null {
  return counts.reduce<number | null>((total, count) => (total === null || count === null ? null : total + count), 0)
}

/** Rows that the log names and that no list shows, or only later. */
async function readLoggedRows(context: RoundContext, triesAgain: boolean): Promise<void> {
  const changes = await readActivityLog(context, triesAgain)
  const byKind = Map.groupBy(changes, ({ kind }) => kind)
  for (const [name, ofKind] of byKind) {
    const kind = kindOf(name)
    const isFollowed = name === 'feature_flags' || name === 'experiments'
    // Their lists say all but deletions.
    const ids = ofKind.filter(({ isDeletion }) => isDeletion || !isFollowed).map(({ id }) => id)
    const gone = await refreshRows(context, kind, ids)
    const said = new Set(ofKind.filter(({ isDeletion }) => isDeletion).map(({ id }) => id))
    await removeRows(
      context,
      kind,
      gone.filter((id) => said.has(id)),
    )
  }
}

/** Reads the rows that webhooks named. */
async function readHints(context: RoundContext): Promise<void> {
  const { database, link } = context
  const hints = await database.db.linkHint.findMany({
    where: { projectId: link.projectId, dueAt: { lte: context.now() } },
    orderBy: { dueAt: 'asc' },
    take: maxHints,
  })
  for (const [name, ofKind] of Map.groupBy(hints, ({ kind }) => kind)) {
    const kind = kindOf(name as KindName)
    const gone = await refreshRows(
      context,
      kind,
      ofKind.map(({ upstreamId }) => upstreamId),
    )
    // A webhook may say anything. One row that is gone may be deleted, many may be hidden from the key: the lists decide.
    if (gone.length <= 2) await removeRows(context, kind, gone)
    for (const { upstreamId, dueAt } of ofKind) {
      // A hint that came meanwhile has a later time, and stays.
      await database.db.linkHint.deleteMany({ where: { projectId: link.projectId, kind: name, upstreamId, dueAt } })
    }
  }
}

/** Whether an error stops the link until somebody mends it. */
export function isStop(error: unknown): boolean {
  return stopsLink(error)
}
