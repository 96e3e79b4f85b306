import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/**
 * One line of corpus.json. `<<5×text>>` in a string stands for `text` five times, with `#` for the number of the repetition.
 * `$PROJECT`, `$FLAG`, `$FLAG_ID`, `$EXPERIMENT`, `$CHAIN_END_ID` and `$OTHER_FLAG_ID` stand for ids.
 */
export interface HostileCase {
  kind: string
  name: string
  /** An operation, sent as JSON. */
  query?: string
  variables?: object
  /** Text of JSON, for what JSON.stringify cannot write. */
  rawVariables?: string
  /** A body, as text, in base64, or to be compressed. */
  body?: string
  base64?: string
  gzip?: string
  method?: string
  path?: string
  headers?: Record<string, string>
  /** What is written into the connection, instead of all of the above. */
  raw?: string
  /** The caller closes the connection at once, and gets no answer. */
  hangUp?: boolean
}

/** What to send: text for a bare connection, or a request. */
export type HostileRequest =
  | { raw: string; hangUp: boolean }
  | { method: string; path: string; headers: Record<string, string>; body: Buffer | null }

export const corpus: HostileCase[] = JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8'))

/** Replaces the repetitions and the ids in a line of the corpus. */
export function expandCase(line: HostileCase, key: string, ids: Record<string, string>): HostileRequest {
  const expand = (text: string) => expandText(text, ids)
  if (line.raw !== undefined) return { raw: expand(line.raw), hangUp: line.hangUp === true }
  const { method = 'POST', path = '/graphql' } = line
  const headers = { authorization: `Bearer ${key}`, accept: 'application/json, multipart/mixed', 'content-type': 'application/json' }
  const added = Object.entries(line.headers ?? {}).map(([name, value]) => [name, expand(value)])
  if (line.gzip !== undefined) added.push(['content-encoding', 'gzip'])
  const allHeaders = Object.fromEntries([...Object.entries(headers), ...added].filter(([, value]) => value !== ''))
  return { method, path: expand(path), headers: allHeaders, body: bodyOf(line, expand) }
}

function bodyOf(line: HostileCase, expand: (text: string) => string): Buffer | null {
  if (line.body !== undefined) return Buffer.from(expand(line.body))
  if (line.base64 !== undefined) return Buffer.from(line.base64, 'base64')
  if (line.gzip !== undefined) return gzipSync(expand(line.gzip))
  if (line.query === undefined) return null
  const variables = line.rawVariables ?? JSON.stringify(line.variables ?? {})
  return Buffer.from(`{"query":${JSON.stringify(expand(line.query))},"variables":${expand(variables)}}`)
}

function expandText(text: string, ids: Record<string, string>): string {
  const repeated = text.replace(/<<(\d+)×([\s\S]*?)>>/g, (_all, count: string, inner: string) =>
    inner.includes('#')
      ? Array.from({ length: Number(count) }, (_, index) => inner.replaceAll('#', String(index))).join('')
      : inner.repeat(Number(count)),
  )
  return repeated.replace(/\$(OTHER_FLAG_ID|CHAIN_END_ID|FLAG_ID|FLAG|PROJECT|EXPERIMENT)\b/g, (_all, name: string) => ids[name] ?? '')
}
