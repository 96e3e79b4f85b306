import type { JsonObject } from '../../../../src/platform/json.ts'
import type { Call } from './router.ts'

export const defaultLimit = 100

/** A page by limit and offset. Only its rows are turned into answers. Nonsense is read as the default, as the framework does. */
export function page<R>(call: Call, rows: readonly R[], view: (row: R) => unknown): JsonObject {
  const limit = positive(call.query.get('limit')) ?? defaultLimit
  const offset = whole(call.query.get('offset')) ?? 0
  const next = offset + limit < rows.length ? withParams(call, { limit, offset: offset + limit }) : null
  const previous = offset <= 0 ? null : withParams(call, { limit, offset: offset > limit ? offset - limit : null })
  return { count: rows.length, next, previous, results: rows.slice(offset, offset + limit).map(view) }
}

/** The address of this request with other parameters. Its host is the one that the server believes to have. */
export function withParams(call: Call, params: Record<string, string | number | null>): string {
  const url = new URL(call.url)
  for (const [name, value] of Object.entries(params)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, String(value))
  }
  const origin = call.state.settings.publicOrigin
  return origin === null ? url.href : `${origin}${url.pathname}${url.search}`
}

export function whole(value: string | null): number | undefined {
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined
}

export function positive(value: string | null): number | undefined {
  const number = whole(value)
  return number === 0 ? undefined : number
}
