import { errorMessage } from '../../../platform/operatorError.ts'
import { typedCommand } from '../../../platform/program/typedCommand.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { wholeList } from '../connect/hints.ts'
import { LeaseLostError, withLease } from '../connect/lease.ts'
import { isUnreadable } from '../copy/stageRows.ts'
import { type Kind, type KindName, kindOf, listedKinds } from '../store/kinds.ts'
import { readActivityLog } from './activityLog.ts'
import { compareRows, countListed, findDeletedFlags, readDeletedFlags } from './compareRows.ts'
import { isDue, type Marks } from './marks.ts'
import { pollByTime, stopsLink } from './pollByTime.ts'
import { pollRequests } from './pollRequests.ts'
import { readList } from './readLists.ts'
import { refreshRows } from './readRows.ts'
import { type RoundContext, removeRows } from './roundContext.ts'

const nightSeconds = 24 * 60 * 60
/** Lists of so many rows are compared at once when a count does not fit. Longer ones wait for each other. */
const quickCompareRows = 2_000
const maxHints = 200
/** How often a list is tried that could be read before. */
const lostSeconds = 600

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
  const { marks, link, pace } = context
  const problems: string[] = []
  const now = context.startedAt
  const readsAll =
    link.resyncRequestedAt !== null || link.reconciledAt === null || isDue(link.reconciledAt.toISOString(), nightSeconds, now)
  await readHints(context)
  const news = new Map<KindName, number>()
  if (readsAll || (!marks.log.off && isDue(marks.log.readAt, pace.log, now))) {
    await attempt(problems, () => readLoggedRows(context, news, readsAll))
  }
  for (const [name, passes] of [['feature_flags', marks.flags] as const, ['experiments', marks.experiments] as const]) {
    if (readsAll || news.has(name) || isDue(passes.active.readAt, pace.lists, now)) await pollKind(context, name, news.get(name) ?? 0)
  }
  // The experiments of flags that were found to have changed.
  await readHints(context)
  if (readsAll || (isTried(context, kindOf('change_requests')) && isDue(marks.requests.readAt, pace.requests, now))) {
    await optional(context, problems, kindOf('change_requests'), () => pollRequests(context))
  }
  await makeHintedListsDue(context)
  let repairs = 0
  for (const kind of listedKinds) {
    if (!readsAll && !isTried(context, kind)) continue
    if (!readsAll && !isDue(marks.lists[kind.name], kind.everySeconds * pace.others, now)) continue
    await optional(context, problems, kind, async () => {
      const { mended, missing } = await readList(context, kind, readsAll)
      repairs += mended
      // What is missing for the first time is looked for again in the next round.
      marks.lists[kind.name] = missing > 0 ? new Date(0).toISOString() : now.toISOString()
    })
  }
  if (!readsAll) return { repairs: null, problem: problemOf(context, problems) }
  for (const [name, passes] of [['feature_flags', marks.flags] as const, ['experiments', marks.experiments] as const]) {
    const kind = kindOf(name)
    const comparison = await compareRows(context, kind)
    repairs += comparison.repairs
    Object.assign(passes, { comparedAt: now.toISOString(), offset: comparison.listed - (await countListed(context, kind)), unexplained: 0 })
  }
  marks.acceptsDeletions = false
  return { repairs, problem: problemOf(context, problems) }
}

/** Whether a list is read that following can do without. One that was lost is tried now and then: the key may have its scope back. */
function isTried({ link, marks, startedAt }: RoundContext, { name }: Kind): boolean {
  return !link.unreadable.includes(name) || (marks.lost[name] !== undefined && isDue(marks.lists[name], lostSeconds, startedAt))
}

/** What went wrong in this round, and what was kept or lost in this one or before. */
function problemOf({ marks }: RoundContext, problems: readonly string[]): string | null {
  const kept = [kindOf('feature_flags'), kindOf('experiments'), ...listedKinds].filter(({ name }) => (marks.kept[name] ?? 0) > 0)
  const lost = Object.entries(marks.lost).map(([name, reason]) => `${kindOf(name).label} are no longer followed: ${reason}`)
  return [...problems, ...lost, ...kept.map((kind) => keptSentence(marks.kept[kind.name] ?? 0, kind))].join(' ') || null
}

function keptSentence(kept: number, { label }: Kind): string {
  return (
    `${kept} ${label} are gone from PostHog's list at once, and were kept: the key may have lost its access to them. If they are really ` +
    `deleted, run \`${typedCommand('link resync --accept-deletions')}\`.`
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

/**
 * Reads a list that following can do without. One that the key may not read is left out from then on, until a full comparison. If it could be
 * read before, that is a problem.
 */
async function optional(context: RoundContext, problems: string[], kind: Kind, work: () => Promise<void>): Promise<void> {
  const { link, database, holder, marks } = context
  const setUnreadable = async (unreadable: string[]) => {
    link.unreadable = unreadable
    await withLease(database, link.projectId, holder, ({ tx }) =>
      tx.projectLink.update({ where: { projectId: link.projectId }, data: { unreadable } }),
    )
  }
  try {
    await work()
    delete marks.lost[kind.name]
    if (link.unreadable.includes(kind.name)) await setUnreadable(link.unreadable.filter((name) => name !== kind.name))
  } catch (error) {
    if (isUnreadable(error)) {
      if (!link.unreadable.includes(kind.name) || marks.lost[kind.name] !== undefined) {
        marks.lost[kind.name] = errorMessage(error)
        marks.lists[kind.name] = context.startedAt.toISOString()
      }
      if (!link.unreadable.includes(kind.name)) await setUnreadable([...link.unreadable, kind.name])
      return
    }
    await attempt(problems, () => Promise.reject(error))
  }
}

/**
 * Reads the lists of flags or experiments. That of archived ones is read less often where requests are scarce: it is also read if rows have left
 * the other list, or if the log names more rows than that list has shown.
 */
async function pollKind(context: RoundContext, name: 'feature_flags' | 'experiments', logged: number): Promise<void> {
  const kind = kindOf(name)
  const place = name === 'feature_flags' ? 'flags' : 'experiments'
  const before = context.marks[place]
  const active = await pollByTime(context, kind, false, before.active)
  const hasOther = active.mark.count !== (before.active.count ?? 0) + active.created || active.changed < logged
  const readsArchived = hasOther || isDue(before.archived.readAt, context.pace.archived, context.startedAt)
  const archived = readsArchived ? (await pollByTime(context, kind, true, before.archived)).mark : before.archived
  const passes = { ...before, active: active.mark, archived }
  if (readsArchived) await checkCount(context, kind, passes)
  context.marks[place] = passes
}

/**
 * A row that was deleted is in no list any more, and says nothing. But the lists say how long they are: if they are shorter than they should
 * be, rows are gone, and if they are longer, rows were missed.
 */
async function checkCount(context: RoundContext, kind: Kind, passes: Marks['flags']): Promise<void> {
  const total = sum([passes.active.count, passes.archived.count])
  if (total === null) return
  const key = `count of ${kind.name}`
  const { stored, deleted } = context.counts
  if (stored + deleted === 0 && context.seen.get(key) === String(total)) return
  const difference = async () => total - (await countListed(context, kind)) - passes.offset
  const missed = await difference()
  const seenBefore = passes.unexplained
  passes.unexplained = missed
  if (missed === 0) {
    context.seen.set(key, String(total))
    return
  }
  const waitSeconds = total <= quickCompareRows ? 0 : Math.ceil(total / 100) * 3
  if (kind.name === 'feature_flags' && missed < 0) {
    const gone = await findDeletedFlags(context, kind)
    if (gone !== null && gone.length > 0) await readDeletedFlags(context, kind, gone)
    if (gone !== null) passes.unexplained = await difference()
    if (passes.unexplained === 0) return
  }
  // Rows that are stored between two readings make a difference for one round.
  if (kind.name === 'feature_flags' || missed > 0) if (seenBefore !== passes.unexplained) return
  if (!isDue(passes.comparedAt, waitSeconds, context.now())) return
  passes.comparedAt = context.now().toISOString()
  const { listed } = await compareRows(context, kind)
  passes.offset = listed - (await countListed(context, kind))
  passes.unexplained = 0
}

function sum(counts: readonly (number | null)[]): number | null {
  return counts.reduce<number | null>((total, count) => (total === null || count === null ? null : total + count), 0)
}

/**
 * Reads rows that the log names and that no list shows, or only later.
 *
 * @param news gets the number of flags and experiments that it names. Their lists say all but deletions.
 * @param triesAgain whether to ask even if the key could not read the log before
 */
async function readLoggedRows(context: RoundContext, news: Map<KindName, number>, triesAgain: boolean): Promise<void> {
  const before = context.marks.log
  try {
    await refreshLogged(context, news, triesAgain)
  } catch (error) {
    // What was not read is still news the next time. Until then, the lists say what there is, but for rows that wait for a proof.
    const isWaitedFor = Object.values(context.marks.kept).some((count) => count > 0)
    if (!context.marks.log.off) context.marks.log = { ...before, readAt: isWaitedFor ? null : context.startedAt.toISOString() }
    for (const name of ['feature_flags', 'experiments'] as const) news.set(name, news.get(name) ?? 0)
    throw error
  }
}

async function refreshLogged(context: RoundContext, news: Map<KindName, number>, triesAgain: boolean): Promise<void> {
  const changes = await readActivityLog(context, { triesAgain })
  const byKind = Map.groupBy(changes, ({ kind }) => kind)
  for (const [name, ofKind] of byKind) {
    const kind = kindOf(name)
    const isFollowed = name === 'feature_flags' || name === 'experiments'
    if (isFollowed) news.set(name, new Set(ofKind.filter(({ isDeletion }) => !isDeletion).map(({ id }) => id)).size)
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

/** Lists that may have a new row are due, until they are read. */
async function makeHintedListsDue({ database, holder, link: { projectId }, marks }: RoundContext): Promise<void> {
  const hints = await database.db.linkHint.findMany({ where: { projectId, upstreamId: wholeList } })
  if (hints.length === 0) return
  for (const { kind } of hints) marks.lists[kind] = new Date(0).toISOString()
  await withLease(database, projectId, holder, async ({ tx }) => {
    await tx.projectLink.update({ where: { projectId }, data: { marks } })
    await tx.linkHint.deleteMany({ where: { projectId, upstreamId: wholeList, kind: { in: hints.map(({ kind }) => kind) } } })
  })
}

/** Reads the rows that webhooks named. */
async function readHints(context: RoundContext): Promise<void> {
  const { database, link } = context
  const hints = await database.db.linkHint.findMany({
    where: { projectId: link.projectId, dueAt: { lte: context.now() }, upstreamId: { not: wholeList } },
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
