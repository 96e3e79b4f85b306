import { isObject } from '../../../platform/json.ts'
import { readPage, readWhole, rowId } from '../connect/readList.ts'
import { listPath } from '../connect/upstreamPaths.ts'
import { kindOf } from '../store/kinds.ts'
import { readRows } from './readRows.ts'
import { type RoundContext, storeSeen } from './roundContext.ts'

/** More open requests than people decide. */
const maxOpen = 1_000

/**
 * Follows change requests: no list shows what changed in them. So the open ones are read, the newest ones, and each one that is not open any
 * more.
 */
export async function pollRequests(context: RoundContext): Promise<void> {
  const kind = kindOf('change_requests')
  const path = listPath(kind, context.link)
  if (path === null) return
  const { rows: open } = await readWhole(context.client, path, { paged: true, query: { state: 'pending,approved' }, max: maxOpen })
  const { rows: newest } = await readPage(context.client, path, {}, 0)
  const openIds = open.flatMap((row) => rowId(row) ?? [])
  const listed = new Set([...openIds, ...newest.flatMap((row) => rowId(row) ?? [])])
  const left = context.marks.requests.open.filter((id) => !listed.has(id))
  const answers = await readRows(context, kind, left)
  await storeSeen(context, kind, [...newest, ...open, ...answers.flatMap(({ row }) => (isObject(row) ? [row] : []))])
  context.marks.requests = { open: openIds, readAt: context.startedAt.toISOString() }
}
