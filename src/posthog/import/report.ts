import { encodeGlobalId } from '../../platform/globalId.ts'
import { formatTable } from '../../platform/table.ts'
import type { TimeDialect } from '../rows/eventTime.ts'
import type { InputFile } from './inputFile.ts'
import { describeRow, type InputRow } from './inputRow.ts'
import { type RowKind, rowKinds } from './rowKinds.ts'

/** The results for the rows of one kind. */
export type Counts = ReturnType<typeof zeroCounts>

const maxListed = 50
/** The kinds that the report lists even if there are none. */
const alwaysListed = ['feature flags', 'experiments', 'events']
const zeroCounts = () => ({ created: 0, updated: 0, unchanged: 0, skipped: 0 })

/** Files with one event a line. Their times tell who wrote them. */
const dialectFormats: Readonly<Record<TimeDialect, string>> = {
  'ISO 8601': 'one JSON object a line',
  ClickHouse: 'ClickHouse JSONEachRow (times in UTC)',
  BigQuery: 'a BigQuery export',
  PostgreSQL: 'a PostgreSQL export',
}

/** The result of an import. Stores only as many messages as it prints, because a file may have millions of malformed lines. */
export class ImportReport {
  readonly counts = Object.fromEntries(rowKinds.map((kind) => [kind, zeroCounts()])) as Record<RowKind, Counts>
  /** The first skipped rows, with the reasons. */
  readonly skipped: string[] = []
  /** The first values that were left out of imported rows. */
  readonly notes: string[] = []
  /** What each file was recognized as. */
  readonly recognized: string[] = []
  /** The number of skipped rows by kind and reason. */
  readonly skippedByReason = new Map<string, number>()
  #noteCount = 0

  /** @param dialects the forms of the times of its events. A file that was put together from others has several. */
  recognize({ path, kind, rows, format, compression }: InputFile, dialects: readonly TimeDialect[]): void {
    const what = rows === null && dialects.length > 0 ? dialects.map((dialect) => dialectFormats[dialect]).join(' and ') : format
    const packed = compression === null ? '' : `, compressed with ${compression}`
    this.recognized.push(`${path}: ${kind}, ${what}${packed}`)
  }

  skip(kind: RowKind, row: InputRow, reason: string): void {
    this.counts[kind].skipped++
    const shared = `${kind}: ${sharedReason(reason)}`
    const group = this.skippedByReason.has(shared) || this.skippedByReason.size < maxListed ? shared : 'other reasons'
    this.skippedByReason.set(group, (this.skippedByReason.get(group) ?? 0) + 1)
    if (this.skipped.length < maxListed) this.skipped.push(`${describeRow(row)}: ${reason}`)
  }

  note(text: string): void {
    this.#noteCount++
    if (this.notes.length < maxListed) this.notes.push(text)
  }

  /** The report as text for the operator. */
  summary(project: { id: number; name: string }): string {
    const rows = Object.entries(this.counts)
      .filter(([kind, counts]) => alwaysListed.includes(kind) || Object.values(counts).some((count) => count > 0))
      .map(([kind, counts]) => [kind, ...Object.values(counts).map(String)])
    const skippedCount = Object.values(this.counts).reduce((sum, { skipped }) => sum + skipped, 0)
    return [
      formatTable([['', 'created', 'updated', 'unchanged', 'skipped'], ...rows], 'right'),
      ...formatList('Recognized:', this.recognized, this.recognized.length),
      ...formatList('Skipped, by reason:', this.#reasonLines(), this.skippedByReason.size),
      ...formatList('Skipped rows:', this.skipped, skippedCount),
      ...formatList('Left out:', this.notes, this.#noteCount),
      `Project ${project.id}, ${JSON.stringify(project.name)} (global id ${encodeGlobalId('Project', project.id)})`,
    ].join('\n')
  }

  /** The report for programs. */
  toData() {
    const { counts, recognized, skipped, notes } = this
    return { counts, recognized, skippedByReason: Object.fromEntries(this.skippedByReason), skipped, leftOut: notes }
  }

  #reasonLines(): string[] {
    const byCount = [...this.skippedByReason].sort(([, a], [, b]) => b - a)
    return byCount.map(([reason, count]) => `${count} ${reason}`)
  }
}

/** What writing rows reports, to whoever keeps it. */
export type RowReport = Pick<ImportReport, 'counts' | 'skip' | 'note'>

/** The part of a reason that rows can share: without the values and places of one row. */
function sharedReason(reason: string): string {
  const [shared = ''] = reason.split(/ \(|: |\. |; /)
  return shared.slice(0, 100)
}

function formatList(title: string, lines: readonly string[], count: number): string[] {
  if (count === 0) return []
  const more = count - lines.length
  return [title, ...lines.map((line) => `  ${line}`), ...(more > 0 ? [`  … and ${more} more`] : [])]
}
