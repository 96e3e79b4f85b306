import type { Transaction } from '../../database/client.ts'
import { isObject } from '../../platform/json.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { type EventJson, eventSchema, looksLikeEvent } from '../rows/eventSchema.ts'
import { parseJson } from './inputFile.ts'
import { readLines } from './lines.ts'
import type { Progress } from './progress.ts'
import type { ImportReport } from './report.ts'
import { validateRow } from './validateRows.ts'

/** The limits of one statement: events, and characters of their properties. Prisma keeps its last hundred statements in memory. */
const maxBatchEvents = 500
const maxBatchCharacters = 512 * 1024

/**
 * Checks every line of a file of events, and reports the lines that will be skipped.
 *
 * @throws OperatorError if the file has no events at all, is not UTF-8, or has a line that is too long.
 */
export async function validateEvents(path: string, report: ImportReport, progress: Progress): Promise<void> {
  let objects = 0
  let events = 0
  for await (const lines of readLines(path, progress.advance)) {
    for (const { number, text } of lines) {
      const parsed = parseJson(text)
      const value = parsed.ok ? parsed.value : undefined
      if (isObject(value)) objects++
      if (looksLikeEvent(value)) events++
      const checked = validateLine(parsed)
      if ('reason' in checked) report.skip('events', { file: path, place: `line ${number}`, value }, checked.reason)
    }
  }
  if (events > 0) return
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
  path: string,
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

  for await (const lines of readLines(path, progress.advance)) {
    for (const { text } of lines) {
      const checked = validateLine(parseJson(text))
      if ('reason' in checked) continue
      batch.push(checked.row)
      characters += checked.row.properties.length
      if (batch.length >= maxBatchEvents || characters >= maxBatchCharacters) await write()
    }
  }
  if (batch.length > 0) await write()
}

function validateLine(parsed: ReturnType<typeof parseJson>) {
  if (!parsed.ok) return { reason: `it must be a JSON object: an event (${parsed.error})` }
  return validateRow(eventSchema, parsed.value)
}
