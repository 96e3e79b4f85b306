import type { Database } from '../../../database/database.ts'
import type { ProjectLink } from '../../../database/generated/client.ts'
import { isObject } from '../../../platform/json.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { PostHogClient } from '../../client/postHogClient.ts'
import { projectNumbering } from '../../import/numbering.ts'
import { chunk } from '../../import/writeRows.ts'
import { withLease } from '../connect/lease.ts'
import { abandonedBefore } from '../connect/writeTime.ts'
import type { Kind } from '../store/kinds.ts'
import { markDeleted } from '../store/markDeleted.ts'
import { hashRow, prepareRow } from '../store/prepareRow.ts'
import { type StoreContext, type StoreResult, storeRows, upstreamIdOf } from '../store/storeRows.ts'
import type { Marks } from './marks.ts'
import type { Pace } from './pace.ts'
import { waitsForAnother } from './rules.ts'
import { rowsUnderWay } from './underWay.ts'

/** What one round works on. */
export interface RoundContext {
  database: Database
  client: PostHogClient
  link: ProjectLink
  holder: string
  log: Logger
  now(): Date
  /** How long PostHog may take to answer one request. */
  timeoutSeconds: number
  /** When the round began. What is read in it is due again so long after this. */
  startedAt: Date
  pace: Pace
  marks: Marks
  /** The hashes of rows as lists last showed them. What is equal need not be looked at again. */
  seen: { get(key: string): string | undefined; set(key: string, hash: string): void; delete(key: string): void }
  /** Who changed a row, as the activity log tells. */
  changedBy: Map<string, number>
  /** What the round did, for the log. */
  counts: { stored: number; deleted: number; skipped: number }
}

const batchSize = 100

const seenKey = (kind: Kind, value: unknown) => `${kind.name}:${upstreamIdOf(kind.name, value)}`
const seenHash = (kind: Kind, value: unknown) => (isObject(value) ? hashRow(prepareRow(kind.name, value)) : '')

/** Whether a row is as a list last showed it. */
export function isSeen({ seen }: Pick<RoundContext, 'seen'>, kind: Kind, value: unknown): boolean {
  const hash = seenHash(kind, value)
  return hash !== '' && seen.get(seenKey(kind, value)) === hash
}

/** Stores rows of a list, without those that are as they were. Returns what was done, or null if there was nothing to do. */
export async function storeSeen(context: RoundContext, kind: Kind, values: readonly unknown[], mends = false): Promise<StoreResult> {
  const all = values.map((value) => ({ value, key: seenKey(kind, value), hash: seenHash(kind, value) }))
  const fresh = mends ? all : all.filter(({ key, hash }) => hash === '' || context.seen.get(key) !== hash)
  const total: StoreResult = { changed: [], created: [], mended: [], older: [], skipped: new Map() }
  for (const batch of chunk(fresh, batchSize)) {
    const { result, busy } = await inProject(context, async (store) => {
      const busy = await underWay(
        context,
        store,
        kind,
        batch.map(({ value }) => value),
      )
      const free = batch.filter(({ value }) => !busy.has(upstreamIdOf(kind.name, value)))
      const result = await storeRows(
        { ...store, mends },
        kind,
        free.map(({ value }) => value),
      )
      if (kind.name === 'feature_flags') {
        const changed = new Set(result.changed)
        const moved = free.filter(({ value }) => changed.has(upstreamIdOf(kind.name, value))).flatMap(({ value }) => experimentsOf(value))
        await hintExperiments(store, moved)
      }
      return { busy, result }
    })
    total.changed.push(...result.changed)
    total.created.push(...result.created)
    total.mended.push(...result.mended)
    total.older.push(...result.older)
    total.skipped = new Map([...total.skipped, ...result.skipped])
    // The next round looks at the others again.
    for (const { value, key, hash } of batch) {
      const id = upstreamIdOf(kind.name, value)
      const reason = result.skipped.get(id)
      if (!busy.has(id) && (reason === undefined || !waitsForAnother(reason))) context.seen.set(key, hash)
    }
  }
  context.counts.stored += total.changed.length
  context.counts.skipped += total.skipped.size
  return total
}

function experimentsOf(flag: unknown): string[] {
  const list = isObject(flag) && Array.isArray(flag.experiment_set) ? flag.experiment_set : []
  return list.flatMap((id) => (typeof id === 'number' ? [String(id)] : []))
}

/**
 * Notes that the experiments of changed flags are to be read: their status and parameters come from the flag, and their own time does not move.
 * It is noted with the change of the flag, so that a server that is killed in between does not forget them.
 */
async function hintExperiments({ unit: { tx }, project, now }: StoreContext, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const data = [...new Set(ids)].map((upstreamId) => ({ projectId: project.id, kind: 'experiments', upstreamId, dueAt: now }))
  await tx.linkHint.createMany({ data, skipDuplicates: true })
}

/** Marks rows as deleted, or removes them. */
export async function removeRows(context: RoundContext, kind: Kind, ids: readonly string[]): Promise<void> {
  for (const batch of chunk(ids, batchSize)) {
    context.counts.deleted += await inProject(context, async (store) => {
      const busy = await underWay(context, store, kind, batch)
      const free = batch.filter((id) => !busy.has(id))
      // A list no longer misses them.
      const { unit, project } = store
      await unit.tx.linkRow.deleteMany({ where: { projectId: project.id, kind: kind.name, upstreamId: { in: free } } })
      return markDeleted(store, kind, free)
    })
    for (const id of batch) context.seen.delete(`${kind.name}:${id}`)
  }
}

const underWay = (
  { timeoutSeconds }: RoundContext,
  { unit: { tx }, project, now }: StoreContext,
  { name }: Kind,
  values: readonly unknown[],
) => rowsUnderWay({ tx, projectId: project.id }, abandonedBefore(now, timeoutSeconds), name, values)

/** Runs work in a transaction of the link, whose changes are announced. */
export function inProject<Result>(context: RoundContext, work: (store: StoreContext) => Promise<Result>): Promise<Result> {
  const { projectId } = context.link
  return withLease(context.database, projectId, context.holder, async (unit) => {
    const project = await unit.tx.project.findUniqueOrThrow({ where: { id: projectId } })
    const numbering = await projectNumbering(unit.tx, projectId)
    return work({
      unit,
      project,
      numbering,
      now: context.now(),
      announces: true,
      changedBy: context.changedBy,
      hidden: context.marks.hidden,
    })
  })
}
