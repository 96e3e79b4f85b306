import { encodeGlobalId } from '../../platform/globalId.ts'
import { formatTable } from '../../platform/table.ts'
import { describeRow, type InputRow } from './inputRow.ts'

/** The results for the rows of one kind. */
export type Counts = ReturnType<typeof zeroCounts>
/** The kinds of rows, as the report names them. */
export type RowKind = keyof ImportReport['counts']

const maxListed = 50
const zeroCounts = () => ({ created: 0, updated: 0, unchanged: 0, skipped: 0 })

/** The result of an import. Stores only as many messages as it prints, because a file may have millions of malformed lines. */
export class ImportReport {
  readonly counts = { 'feature flags': zeroCounts(), experiments: zeroCounts(), events: zeroCounts() }
  /** The first skipped rows, with the reasons. */
  readonly skipped: string[] = []
  /** The first values that were left out of imported rows. */
  readonly notes: string[] = []
  #noteCount = 0

  skip(kind: RowKind, row: InputRow, reason: string): void {
    this.counts[kind].skipped++
    if (this.skipped.length < maxListed) this.skipped.push(`${describeRow(row)}: ${reason}`)
  }

  note(text: string): void {
    this.#noteCount++
    if (this.notes.length < maxListed) this.notes.push(text)
  }

  /** The report as text for the operator. */
  summary(project: { id: number; name: string }): string {
    const rows = Object.entries(this.counts).map(([kind, counts]) => [kind, ...Object.values(counts).map(String)])
    const skippedCount = Object.values(this.counts).reduce((sum, { skipped }) => sum + skipped, 0)
    return [
      formatTable([['', 'created', 'updated', 'unchanged', 'skipped'], ...rows], 'right'),
      ...formatList('Skipped rows:', this.skipped, skippedCount),
      ...formatList('Left out:', this.notes, this.#noteCount),
      `Project ${project.id}, ${JSON.stringify(project.name)} (global id ${encodeGlobalId('Project', project.id)})`,
    ].join('\n')
  }
}

function formatList(title: string, lines: readonly string[], count: number): string[] {
  if (count === 0) return []
  const more = count - lines.length
  return [title, ...lines.map((line) => `  ${line}`), ...(more > 0 ? [`  … and ${more} more`] : [])]
}
