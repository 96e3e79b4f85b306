import type { Transaction } from '../../database/client.ts'
import { isObject } from '../../platform/json.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { type EventJson, eventSchema, looksLikeEvent } from '../rows/eventSchema.ts'
import { type TimeDialect, timeDialect } from '../rows/eventTime.ts'
import { readLines } from './files/lines.ts'
import { type InputFile, parseJson } from './inputFile.ts'
import type { Progress } from './progress.ts'
import type { ImportReport } from './report.ts'
import { validateRow } from './validateRows.ts'

/** The limits of one statement: events, and characters of their properties. Prisma keeps its last hundred statements in memory. */
const maxBatchEvents = 500
const maxBatchCharacters = 512 * 1024

/**
 * Checks every event of a file, and reports those that will be skipped, and who wrote the file.
 *
 * @throws OperatorError if the file has no events at all, is not UTF-8, or has a line that is too long.
 */
export async function validateEvents(file: InputFile, report: ImportReport, progress: Progress): Promise<void> {
  const { path } = file
  let objects = 0
  let events = 0
  const dialects = new Set<TimeDialect>()
  for await (const rows of readEventRows(file, progress.advance)) {
    for (const { place, parsed } of rows) {
      const value = parsed.ok ? parsed.value : undefined
      if (isObject(value)) {
        objects++
        const dialect = typeof value.timestamp === 'string' ? timeDialect(value.timestamp) : null
        if (dialect !== null) dialects.add(dialect)
      }
      if (looksLikeEvent(value)) events++
      const checked = validateEvent(parsed)
      if ('reason' in checked) report.skip('events', { file: path, place, value }, checked.reason)
    }
  }
  if (events > 0) {
    report.recognize(file, [...dialects])
    return
  }
  throw new OperatorError(
    objects === 0
      ? `${path} has nothing to import: none of its lines is a JSON object.`
      : `${path} has nothing to import: none of its lines is an event with uuid, event, distinct_id, timestamp and properties.`,
  )
}

/** Writes the events of a file that `validateEvents` has checked. Existing events are skipped, because events never change. */
export async function importEvents(
  tx: Transaction,
  projectId: number,
  file: InputFile,
  report: ImportReport,
  progress: Progress,
): Promise<void> {
  const counts = report.counts.events
  let batch: EventJson[] = []
  let characters = 0

  const write = async () => {
    const data = batch.map(({ uuid: id, distinct_id: distinctId, ...event }) => ({ ...event, projectId, id, distinctId }))
    const { count } = await tx.event.createMany({ data, skipDuplicates: true })
    counts.created += count
    counts.unchanged += batch.length - count
    batch = []
    characters = 0
  }

  for await (const rows of readEventRows(file, progress.advance)) {
    for (const { parsed } of rows) {
      const checked = validateEvent(parsed)
      if ('reason' in checked) continue
      batch.push(checked.row)
      characters += checked.row.properties.length
      if (batch.length >= maxBatchEvents || characters >= maxBatchCharacters) await write()
    }
  }
  if (batch.length > 0) await write()
}

interface EventRow {
  /** `line 7` of a file, or `row 3` of a document. Both count from 1. */
  place: string
  parsed: ReturnType<typeof parseJson>
}

/** Reads the rows of a file of events in batches. */
async function* readEventRows(file: InputFile, onBytes: (bytes: number) => void): AsyncGenerator<EventRow[]> {
  if (file.rows === null) {
    for await (const lines of readLines(file, onBytes)) {
      yield lines.map(({ number, text }) => ({ place: `line ${number}`, parsed: parseJson(text) }))
    }
    return
  }
  yield file.rows.map((value, index) => ({ place: `row ${index + 1}`, parsed: { ok: true, value } }))
  onBytes(file.bytes)
}

function validateEvent(parsed: EventRow['parsed']) {
  if (!parsed.ok) return { reason: `it must be a JSON object: an event (${parsed.error})` }
  return validateRow(eventSchema, parsed.value)
}
