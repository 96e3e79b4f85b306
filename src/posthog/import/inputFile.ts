import { constants } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { isObject } from '../../platform/json.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { looksLikeEvent } from '../rows/eventSchema.ts'
import { decodeUtf8, readLines } from './lines.ts'

/** An input file: a page, with its rows in memory, or a file with one event per line, which is streamed later. */
export interface InputFile {
  path: string
  bytes: number
  kind: 'featureFlags' | 'experiments' | 'events' | 'nothing'
  /** Empty for events. */
  rows: readonly unknown[]
}

const supportedInputs =
  'It must be a page of feature flags or experiments from the REST API (an object with `results`, or only the list), or events, ' +
  'one JSON object per line.'

/**
 * Opens an input file and detects its kind from the content. The file name does not matter.
 *
 * @throws OperatorError if the file cannot be read, or has nothing to import.
 */
export async function openInputFile(path: string): Promise<InputFile> {
  const bytes = await getFileSize(path)
  if (bytes === 0) throw new OperatorError(`${path} is empty. ${supportedInputs}`)

  const eventFile: InputFile = { path, bytes, kind: 'events', rows: [] }
  const first = parseJson(await readFirstLine(path))
  if (first.ok && isObject(first.value) && !Array.isArray(first.value.results)) return eventFile

  const document = bytes > constants.MAX_STRING_LENGTH ? null : parseJson(await readText(path))
  if (document?.ok) return { path, bytes, ...parsePage(path, document.value) }
  // The first line is not JSON. A page is then unreadable, but a file of events only loses one event.
  if (await hasEvent(path)) return eventFile
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
async function readFirstLine(path: string): Promise<string> {
  try {
    for await (const [first] of readLines(path)) return first?.text ?? ''
  } catch (error) {
    if (!(error instanceof OperatorError)) throw unreadableError(path, error)
  }
  return ''
}

async function readText(path: string): Promise<string> {
  const content = await readFile(path).catch((error: unknown) => {
    throw unreadableError(path, error)
  })
  return decodeUtf8(path, new TextDecoder('utf-8', { fatal: true }), content)
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

async function hasEvent(path: string): Promise<boolean> {
  for await (const lines of readLines(path)) {
    for (const { text } of lines) {
      const parsed = parseJson(text)
      if (parsed.ok && looksLikeEvent(parsed.value)) return true
    }
  }
  return false
}

function parsePage(path: string, document: unknown): Pick<InputFile, 'kind' | 'rows'> {
  const rows = isObject(document) ? document.results : document
  if (!Array.isArray(rows)) throw new OperatorError(`${path} has nothing to import. ${supportedInputs}`)
  if (rows.length === 0) return { kind: 'nothing', rows }
  const experiments = rows.filter(looksLikeExperiment).length
  const flags = rows.filter(looksLikeFlag).length
  if (experiments === 0 && flags === 0) {
    const hint = rows.some(looksLikeEvent) ? ' These are events in a list.' : ''
    throw new OperatorError(`${path} has nothing to import.${hint} ${supportedInputs}`)
  }
  return { kind: experiments > flags ? 'experiments' : 'featureFlags', rows }
}

function looksLikeFlag(row: unknown): boolean {
  return isObject(row) && 'key' in row && ['filters', 'active', 'deleted'].some((name) => name in row)
}

function looksLikeExperiment(row: unknown): boolean {
  if (!isObject(row) || 'key' in row) return false
  return 'feature_flag_key' in row || ('feature_flag' in row && ['metrics', 'parameters', 'start_date'].some((name) => name in row))
}
