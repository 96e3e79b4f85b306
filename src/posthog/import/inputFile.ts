import { constants } from 'node:buffer'
import { stat } from 'node:fs/promises'
import { isObject, type JsonObject } from '../../platform/json.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { collections } from '../collections/collections.ts'
import { looksLikeContexts, looksLikeSettings } from '../collections/projectSettings.ts'
import { looksLikeEvent } from '../rows/eventSchema.ts'
import { documentRows } from './documentRows.ts'
import { decodeUtf8, readLines } from './files/lines.ts'
import { detectCompression, type PackedFile, readUnpacked } from './files/unpack.ts'
import type { RowKind } from './rowKinds.ts'

/** An input file: a document, with its rows in memory, or a file with one event per line, which is streamed later. */
export interface InputFile extends PackedFile {
  kind: RowKind | 'nothing'
  /** What the content is, for the report. */
  format: string
  /** Null for a file with one event per line. */
  rows: readonly unknown[] | null
}

const supportedInputs =
  'It must be a page of a collection of the REST API, such as feature flags, experiments, cohorts or events (an object with `results`, or ' +
  'only the list), a project, the results of a HogQL query, or events, one JSON object per line. Gzip and zstd are unpacked.'

/**
 * Opens an input file and detects its kind from the content. The file name does not matter.
 *
 * @throws OperatorError if the file cannot be read, or has nothing to import.
 */
export async function openInputFile(path: string): Promise<InputFile> {
  const bytes = await getFileSize(path)
  if (bytes === 0) throw new OperatorError(`${path} is empty. ${supportedInputs}`)

  const file = { path, bytes, compression: await readable(path, detectCompression(path)) }
  const eventFile: InputFile = { ...file, kind: 'events', format: 'one JSON object a line', rows: null }
  const first = parseJson(await readFirstLine(file))
  if (first.ok && isObject(first.value) && documentRows(first.value) === null) return eventFile

  const text = await readable(path, readText(file))
  const document = text === null ? null : parseJson(text)
  if (document?.ok) return { ...file, ...parseDocument(path, document.value) }
  // The first line is not JSON. A page is then unreadable, but a file of events only loses one event.
  if (await hasEvent(file)) return eventFile
  if (document === null) throw new OperatorError(`${path} is too large for one page. Split it. ${supportedInputs}`)
  throw new OperatorError(`${path} is not JSON (${document.error}). It may be cut off. ${supportedInputs}`)
}

async function getFileSize(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new OperatorError(error.code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}`)
  })
  if (found.isDirectory()) throw new OperatorError(`${path} is a folder. Name the files in it.`)
  if (!found.isFile()) throw new OperatorError(`${path} is not a regular file. Save it to a file first: it is read more than once.`)
  return found.size
}

/** The first line that is not blank. Empty if there is none, or if it is too long or not UTF-8. */
async function readFirstLine(file: PackedFile): Promise<string> {
  try {
    for await (const [first] of readLines(file)) return first?.text ?? ''
  } catch (error) {
    if (!(error instanceof OperatorError)) throw unreadableError(file.path, error)
  }
  return ''
}

/** The whole text. Null if it is too long for a text in memory. */
async function readText(file: PackedFile): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of readUnpacked(file)) {
    length += chunk.length
    if (length > constants.MAX_STRING_LENGTH) return null
    chunks.push(chunk)
  }
  return decodeUtf8(file.path, new TextDecoder('utf-8', { fatal: true }), Buffer.concat(chunks))
}

async function readable<Value>(path: string, reading: Promise<Value>): Promise<Value> {
  return reading.catch((error: unknown) => {
    throw error instanceof OperatorError ? error : unreadableError(path, error)
  })
}

function unreadableError(path: string, error: unknown): OperatorError {
  return new OperatorError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
}

/** Parses JSON. Returns the value, or the error on one line. */
export function parseJson(text: string): { ok: true; value: unknown } | { ok: false; error: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, error: String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' ') }
  }
}

async function hasEvent(file: PackedFile): Promise<boolean> {
  for await (const lines of readLines(file)) {
    for (const { text } of lines) {
      const parsed = parseJson(text)
      if (parsed.ok && looksLikeEvent(parsed.value)) return true
    }
  }
  return false
}

function parseDocument(path: string, document: unknown): Pick<InputFile, 'kind' | 'format' | 'rows'> {
  const { rows, format } = documentRows(document) ?? {}
  if (rows === undefined || format === undefined) throw new OperatorError(`${path} has nothing to import. ${supportedInputs}`)
  if (rows.length === 0) return { kind: 'nothing', format, rows }
  const counts = recognizers.map(([kind, looksLike]) => ({ kind, count: rows.filter((row) => isObject(row) && looksLike(row)).length }))
  const [most] = counts.toSorted((a, b) => b.count - a.count)
  if (most === undefined || most.count === 0) throw new OperatorError(`${path} has nothing to import. ${supportedInputs}`)
  return { kind: most.kind, format, rows }
}

/** What the rows of each kind look like. */
const recognizers: readonly [RowKind, (row: JsonObject) => boolean][] = [
  ['feature flags', looksLikeFlag],
  ['experiments', looksLikeExperiment],
  ['events', looksLikeEvent],
  ['group types', (row) => 'group_type_index' in row],
  ['project settings', looksLikeSettings],
  ['evaluation contexts', looksLikeContexts],
  ...Object.entries(collections).map(([kind, { looksLike }]) => [kind, looksLike] as [RowKind, typeof looksLike]),
]

function looksLikeFlag(row: JsonObject): boolean {
  return 'key' in row && ['filters', 'active', 'deleted'].some((name) => name in row)
}

function looksLikeExperiment(row: JsonObject): boolean {
  if ('key' in row) return false
  return 'feature_flag_key' in row || ('feature_flag' in row && ['metrics', 'parameters', 'start_date'].some((name) => name in row))
}
