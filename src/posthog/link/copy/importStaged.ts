import type { Database } from '../../../database/database.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { isObject } from '../../../platform/json.ts'
import { importLock } from '../../import/importFiles.ts'
import { projectNumbering } from '../../import/numbering.ts'
import { chunk } from '../../import/writeRows.ts'
import { reserveIds } from '../../rows/allocateIds.ts'
import type { Numbering } from '../../rows/references.ts'
import { holdLease } from '../connect/lease.ts'
import { type Kind, kinds, listedKinds } from '../store/kinds.ts'
import { hashRow } from '../store/prepareRow.ts'
import { type StoreContext, storeRows } from '../store/storeRows.ts'
import type { CopyState } from './copyState.ts'
import type { CopyContext } from './stageRows.ts'

const dayMs = 24 * 60 * 60 * 1_000
/** How often it is looked whether another import has ended. */
const retryMs = 1_000
/** Rows in memory at a time. */
const batchSize = 250
/** The batches before which PostgreSQL counts the rows again: at each doubling and more. */
const analyzedBatches = [2, 8, 32, 128, 512, 2_048]
/** Rows that are tried again at the end, because another row held their key. */
const maxRetries = 10_000

/** Imports what is staged, in one transaction: everything is in place then, or nothing is shown. Returns how many rows were written. */
export async function importStaged(context: CopyContext, state: CopyState): Promise<number> {
  for (;;) {
    const written = await tryToImport(context, state)
    if (written !== null) return written
    await context.wait(retryMs)
  }
}

/** Returns null while another import is under way. It can take longer than a statement may wait for a lock. */
function tryToImport({ database, link, holder, now }: CopyContext, state: CopyState): Promise<number | null> {
  const { projectId } = link
  return database.db.$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<{ isOurs: boolean }[]>`SELECT pg_try_advisory_xact_lock(${importLock}) AS "isOurs"`
      if (lock?.isOurs !== true) return null
      await holdLease({ tx }, projectId, holder)
      const project = await tx.project.findUniqueOrThrow({ where: { id: projectId } })
      const known = await tx.featureFlag.count({ where: { projectId, importedId: { not: null } } })
      const numbering = await projectNumbering(tx, projectId)
      // Nothing is announced: an import sends no events either.
      const unit = { tx, eventsElsewhere: undefined, recordChange: () => {} }
      const context: StoreContext = { unit, project, numbering, now: now(), announces: false }
      let written = 0
      await reserveStagedIds(tx, projectId)
      for (const kind of kinds) {
        if (kind.name === 'feature_flags') await numberFlags(tx, projectId, numbering)
        written += await importKind(context, kind)
      }
      await tx.linkStagedRow.deleteMany({ where: { projectId } })
      const copiedAt = now()
      await tx.projectLink.update({
        where: { projectId },
        data: {
          ...{ state: 'following', copiedAt, lastSyncAt: copiedAt, behindBy: 0, failures: 0, lastError: null, lastErrorAt: null },
          copy: Prisma.DbNull,
          marks: firstMarks(state, copiedAt),
          // Rows of an earlier import may be gone from PostHog. A full comparison finds them.
          resyncRequestedAt: known > 0 ? copiedAt : null,
          reconciledAt: copiedAt,
        },
      })
      return written
    },
    { maxWait: dayMs, timeout: dayMs },
  )
}

/** Following begins when the copy began, by PostHog's clock. */
function firstMarks({ startedAt }: CopyState, now: Date) {
  const pass = { mark: startedAt }
  const passes = { active: pass, archived: pass }
  return { flags: passes, experiments: passes, lists: Object.fromEntries(listedKinds.map(({ name }) => [name, now.toISOString()])) }
}

type Transaction = Parameters<Parameters<Database['db']['$transaction']>[0]>[0]

const numberedTables = ['feature_flags', 'experiments', 'actions', 'cohorts', 'holdouts', 'saved_metrics'] as const

async function reserveStagedIds(tx: Transaction, projectId: number): Promise<void> {
  const greatest = await tx.$queryRaw<{ kind: string; id: number }[]>`
    SELECT kind, max(upstream_id::int)::int AS id FROM link_staged_rows
    WHERE project_id = ${projectId}::int AND kind = ANY (${[...numberedTables]}::text[]) AND upstream_id ~ '^[1-9][0-9]{0,8}$'
    GROUP BY kind`
  for (const table of numberedTables) {
    const top = greatest.find(({ kind }) => kind === table)
    if (top !== undefined) await reserveIds(tx, table, top.id)
  }
}

/** Flags name flags by number, also such that come later. */
async function numberFlags(tx: Transaction, projectId: number, numbering: Numbering): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await tx.linkStagedRow.findMany({
      where: { projectId, kind: 'feature_flags', upstreamId: { gt: after } },
      select: { upstreamId: true },
      orderBy: { upstreamId: 'asc' },
      take: 5_000,
    })
    const last = rows.at(-1)
    if (last === undefined) return
    await numbering.allocate(
      'feature_flags',
      rows.map(({ upstreamId }) => Number(upstreamId)).filter((id) => Number.isInteger(id) && id > 0 && id <= 2_147_483_647),
    )
    after = last.upstreamId
  }
}

async function importKind(context: StoreContext, kind: Kind): Promise<number> {
  const { tx } = context.unit
  const projectId = context.project.id
  const hasHashes = kind.everySeconds !== null
  const held: string[] = []
  let written = 0
  if (hasHashes) await tx.linkRow.deleteMany({ where: { projectId, kind: kind.name } })
  for (let after = '', batches = 0; ; batches++) {
    const rows = await tx.linkStagedRow.findMany({
      where: { projectId, kind: kind.name, upstreamId: { gt: after } },
      orderBy: { upstreamId: 'asc' },
      take: batchSize,
    })
    const last = rows.at(-1)
    if (last === undefined) break
    // PostgreSQL counts the rows of a transaction only after it. Until then it takes the table for small, and reads all of it for each batch.
    if (analyzedBatches.includes(batches)) await tx.$executeRaw`ANALYZE feature_flags, experiments, feature_flag_evaluation_contexts`
    const result = await storeRows(
      context,
      kind,
      rows.map(({ content }) => content),
    )
    written += result.changed.length
    for (const [id, reason] of result.skipped) if (reason.startsWith('key must be unique') && held.length < maxRetries) held.push(id)
    if (hasHashes) {
      const data = rows.flatMap(({ upstreamId, content }) =>
        isObject(content) ? [{ projectId, kind: kind.name, upstreamId, contentHash: hashRow(content) }] : [],
      )
      await tx.linkRow.createMany({ data, skipDuplicates: true })
    }
    after = last.upstreamId
  }
  // Two flags can have changed keys since an earlier import.
  for (const batch of chunk(held, batchSize)) {
    const rows = await tx.linkStagedRow.findMany({ where: { projectId, kind: kind.name, upstreamId: { in: batch } } })
    const result = await storeRows(
      context,
      kind,
      rows.map(({ content }) => content),
    )
    written += result.changed.length
  }
  return written
}
