import type { InputRow } from '../../import/inputRow.ts'
import { ImportReport, type RowReport } from '../../import/report.ts'
import type { RowKind } from '../../import/rowKinds.ts'

/** Keeps the skipped rows of a batch, by their ids in PostHog, with the reasons. */
export class MirrorReport implements RowReport {
  readonly counts = new ImportReport().counts
  readonly skipped = new Map<string, string>()

  skip(_kind: RowKind, { place }: InputRow, reason: string): void {
    this.skipped.set(place, reason.slice(0, 1_000))
  }

  /** What is left out of a row that is stored otherwise is not listed: the next reading of the row adds it. */
  note(): void {}
}
