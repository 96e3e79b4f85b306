import { isObject } from '../../../platform/json.ts'
import type { PostHogClient, QueryValues } from '../../client/postHogClient.ts'
import { pageShape } from '../../client/shapes.ts'

/** Bigger pages time out first. */
export const pageSize = 100

export interface ListPage {
  rows: readonly unknown[]
  offset: number
  isLast: boolean
  /** The size of the whole list. Null if it does not say. */
  count: number | null
  /** PostHog's clock. */
  date: Date | null
}

/** Reads one page. `next` only says that there is more: its address can be another host, which must not get the key. */
export async function readPage(client: PostHogClient, path: string, query: QueryValues, offset: number): Promise<ListPage> {
  const { body, date } = await client.get(path, pageShape, { ...query, limit: pageSize, offset })
  const { results, next, count } = body
  // Some servers say `next` on the last page, and some lists have none.
  const isLast =
    results.length === 0 || (results.length < pageSize && (next ?? null) === null) || (count != null && offset + results.length >= count)
  return { rows: results, offset, isLast, count: count ?? null, date }
}

/** Reads a whole list that comes in one answer, or in pages. Lists are short: of more than `max` rows, the rest is left out and said. */
export async function readWhole(
  client: PostHogClient,
  path: string,
  { paged, query, max = 20_000 }: { paged: boolean; query: QueryValues; max?: number },
): Promise<{ rows: unknown[]; complete: boolean }> {
  if (!paged) {
    const { body } = await client.get(path, pageShape, query)
    return { rows: body.results.slice(0, max), complete: body.results.length <= max }
  }
  const rows: unknown[] = []
  for (let offset = 0; ; ) {
    const page = await readPage(client, path, query, offset)
    rows.push(...page.rows)
    if (page.isLast) return { rows, complete: true }
    if (rows.length >= max) return { rows, complete: false }
    // A page shorter than asked for: the server has a limit of its own.
    offset += page.rows.length
  }
}

/** The `id` of a row, as text. Null if it has none. */
export function rowId(row: unknown): string | null {
  const id = isObject(row) ? row.id : null
  return typeof id === 'number' || typeof id === 'string' ? String(id) : null
}
