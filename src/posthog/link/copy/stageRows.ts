import pLimit from 'p-limit'
import type { Database } from '../../../database/database.ts'
import type { Prisma, ProjectLink } from '../../../database/generated/client.ts'
import { isObject, type JsonObject } from '../../../platform/json.ts'
import { findUnstorable } from '../../../platform/storableJson.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { PostHogClient } from '../../client/postHogClient.ts'
import { rowShape } from '../../client/shapes.ts'
import { chunk } from '../../import/writeRows.ts'
import { renewLease, withLease } from '../connect/lease.ts'
import { pageSize, readPage, readWhole, rowId } from '../connect/readList.ts'
import { listPath, rowPath } from '../connect/upstreamPaths.ts'
import { type Kind, kindOf } from '../store/kinds.ts'
import { prepareRow } from '../store/prepareRow.ts'
import { upstreamIdOf } from '../store/storeRows.ts'
import { type CopyState, type CopyStep, continuesAt, copySteps, parseCopyState } from './copyState.ts'

/** Pages that are read side by side. More would only wait for the budget. */
const parallelRequests = 4
/** A list that loses rows all the time is read again this often. What is missed then, the nightly comparison finds. */
const maxRereads = 20

/** What the first copy needs. */
export interface CopyContext {
  database: Database
  client: PostHogClient
  link: ProjectLink
  holder: string
  now(): Date
  wait(ms: number): Promise<void>
  onProgress?(state: CopyState): void
  /** Rows were put aside, so that they need not be read again. */
  onStaged(): void
}

/** Reads everything of a project into `link_staged_rows`. If it was interrupted, it goes on where it was. */
export async function stageProject(context: CopyContext): Promise<CopyState> {
  let state = parseCopyState(context.link.copy)
  const unreadable = new Set(context.link.unreadable)
  for (const step of copySteps.slice(state.step)) {
    try {
      if (!unreadable.has(step.kind.name)) state = await stageList(context, step, state)
    } catch (error) {
      if (step.kind.required || !isUnreadable(error)) throw error
      unreadable.add(step.kind.name)
      await context.database.db.projectLink.updateMany({
        where: { projectId: context.link.projectId },
        data: { unreadable: [...unreadable] },
      })
    }
    // A list that is done is not read again.
    state = { ...state, step: state.step + 1, offset: 0, lastId: null }
    await saveState(context, state)
  }
  await stageFullExperiments(context)
  await stageNamedFlags(context)
  return state
}

/** Whether a list cannot be read at all, as opposed to not now. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof UpstreamError && ['forbidden', 'not_found', 'no_endpoint', 'payment_required'].includes(error.kind)
}

async function stageList(context: CopyContext, { kind, archived }: CopyStep, from: CopyState): Promise<CopyState> {
  const path = listPath(kind, context.link)
  if (path === null) return from
  const query = { ...kind.fixedOrder, ...(archived === null ? {} : { archived }) }
  if (!kind.paged) {
    const { rows } = await readWhole(context.client, path, { paged: false, query })
    await stage(context, kind, rows)
    return advance(context, { ...from, rows: from.rows + rows.length, total: from.total + rows.length })
  }
  const limit = pLimit(parallelRequests)
  let state = from
  let size = pageSize
  let rereads = 0
  for (let isDone = false; !isDone; ) {
    // The first page says how long the list is. Pages overlap by one row, so that a deletion meanwhile is noticed.
    const count = state.offset === 0 ? 1 : parallelRequests
    const offsets = Array.from({ length: count }, (_, index) => state.offset + index * (size - 1))
    const pages = await Promise.all(offsets.map((offset) => limit(() => readPage(context.client, path, query, offset))))
    for (const page of pages) {
      if (!continuesAt(state.lastId, page.rows.map(rowId)) && rereads++ < maxRereads) {
        state = { ...state, offset: Math.max(0, page.offset - 2 * size), lastId: null }
        break
      }
      await stage(context, kind, page.rows)
      state = {
        ...state,
        offset: page.offset + size - 1,
        lastId: rowId(page.rows.at(-1)) ?? state.lastId,
        rows: state.rows + Math.max(0, page.rows.length - (page.offset === 0 ? 0 : 1)),
        total: state.total + (page.offset === 0 ? (page.count ?? page.rows.length) : 0),
        startedAt: state.startedAt ?? page.date?.toISOString() ?? null,
      }
      isDone = page.isLast
      if (isDone) break
      if (page.rows.length < size) {
        // The server's pages are shorter than asked for.
        size = Math.max(2, page.rows.length)
        state = { ...state, offset: page.offset + size - 1 }
        break
      }
    }
    state = await advance(context, state)
  }
  return state
}

async function advance(context: CopyContext, state: CopyState): Promise<CopyState> {
  await saveState(context, state)
  context.onProgress?.(state)
  return state
}

async function saveState({ database, link, holder, now }: CopyContext, state: CopyState): Promise<void> {
  await withLease(database, link.projectId, holder, ({ tx }) =>
    tx.projectLink.update({ where: { projectId: link.projectId }, data: { copy: state, behindBy: Math.max(0, state.total - state.rows) } }),
  )
  await renewLease(database, link.projectId, holder, now())
}

/** Puts rows aside. Those that PostgreSQL cannot store are skipped. */
async function stage({ database, link, holder, now, onStaged }: CopyContext, kind: Kind, values: readonly unknown[]): Promise<void> {
  const { projectId } = link
  const ids: string[] = []
  const contents: string[] = []
  const skipped: Prisma.LinkSkippedRowCreateManyInput[] = []
  for (const [id, value] of new Map(values.map((row) => [upstreamIdOf(kind.name, row), row]))) {
    const row = isObject(value) ? prepareRow(kind.name, value) : null
    const reason = row === null ? 'it must be an object' : id === '?' ? 'id must be a number or a text' : findUnstorable(row)
    if (reason !== null) skipped.push({ projectId, kind: kind.name, upstreamId: id, reason: reason.slice(0, 1_000), seenAt: now() })
    else {
      ids.push(id)
      contents.push(JSON.stringify(row))
    }
  }
  if (ids.length + skipped.length === 0) return
  await withLease(database, projectId, holder, async ({ tx }) => {
    await tx.$executeRaw`
      INSERT INTO link_staged_rows (project_id, kind, upstream_id, content)
      SELECT ${projectId}::int, ${kind.name}, row.id, row.content::jsonb FROM unnest(${ids}::text[], ${contents}::text[]) AS row (id, content)
      ON CONFLICT (project_id, kind, upstream_id) DO UPDATE SET content = excluded.content`
    await tx.linkSkippedRow.createMany({ data: skipped, skipDuplicates: true })
  })
  onStaged()
}

/** Newer servers list experiments without their metrics. Each is read by itself then. */
async function stageFullExperiments(context: CopyContext): Promise<void> {
  const { database, link } = context
  const kind = kindOf('experiments')
  for (let after = ''; ; ) {
    const light = await database.db.$queryRaw<{ id: string }[]>`
      SELECT upstream_id AS id FROM link_staged_rows
      WHERE project_id = ${link.projectId}::int AND kind = 'experiments' AND upstream_id > ${after} AND NOT content ? 'metrics'
      ORDER BY upstream_id LIMIT 100`
    const last = light.at(-1)
    if (last === undefined) return
    await stageByIds(
      context,
      kind,
      light.map(({ id }) => id),
    )
    after = last.id
  }
}

/** Flags that experiments, surveys and tours name, and that are in no list: deleted ones, and those that belong to a survey or tour. */
async function stageNamedFlags(context: CopyContext): Promise<void> {
  const { database, link } = context
  for (let after = 0; ; ) {
    const named = await database.db.$queryRaw<{ id: number }[]>`
      SELECT DISTINCT flag.id::int AS id
      FROM link_staged_rows r
      CROSS JOIN LATERAL (VALUES
        (r.content #>> '{feature_flag,id}'), (r.content ->> 'linked_flag_id'), (r.content #>> '{targeting_flag,id}'),
        (r.content #>> '{internal_targeting_flag,id}')
      ) AS flag (id)
      WHERE r.project_id = ${link.projectId}::int AND r.kind IN ('experiments', 'surveys', 'product_tours')
        AND flag.id ~ '^[1-9][0-9]{0,8}$' AND flag.id::int > ${after}::int
        AND NOT EXISTS (
          SELECT FROM link_staged_rows f WHERE f.project_id = r.project_id AND f.kind = 'feature_flags' AND f.upstream_id = flag.id
        )
      ORDER BY 1 LIMIT 100`
    const last = named.at(-1)
    if (last === undefined) return
    await stageByIds(
      context,
      kindOf('feature_flags'),
      named.map(({ id }) => String(id)),
    )
    after = last.id
  }
}

async function stageByIds(context: CopyContext, kind: Kind, ids: readonly string[]): Promise<void> {
  const { client, link, database, holder, now } = context
  const limit = pLimit(parallelRequests)
  for (const batch of chunk(ids, 20)) {
    const rows = await Promise.all(batch.map((id) => limit(() => readRow(client, kind, link, id))))
    await stage(
      context,
      kind,
      rows.filter((row) => row !== null),
    )
    await renewLease(database, link.projectId, holder, now())
  }
}

/** Reads one row. Null if there is none, or the key's owner may not see it. */
export async function readRow(client: PostHogClient, kind: Kind, link: ProjectLink, id: string): Promise<JsonObject | null> {
  const path = rowPath(kind, link, id)
  if (path === null) return null
  try {
    return (await client.get(path, rowShape)).body
  } catch (error) {
    if (error instanceof UpstreamError && (error.kind === 'not_found' || error.kind === 'forbidden')) return null
    throw error
  }
}
