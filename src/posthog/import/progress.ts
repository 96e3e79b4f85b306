import { SingleBar } from 'cli-progress'

/** Receives the progress of an import. */
export interface Progress {
  /** Begins a step. `total` is a number of bytes or rows. */
  begin(step: string, total: number): void
  advance(by: number): void
  /** The last step has ended or failed. */
  end(): void
}

export const noProgress: Progress = { begin: () => {}, advance: () => {}, end: () => {} }

/** A progress bar on standard error if that is a terminal. Otherwise nothing is shown. */
export function progressBar(): Progress {
  if (!process.stderr.isTTY) return noProgress
  // `gracefulExit: false`, because the library's signal handler would keep Ctrl-C from ending the process. `linewrap: true`, because otherwise
  // the terminal would need to be restored at the end.
  const bar = new SingleBar({ format: '{step} [{bar}] {percentage}%', clearOnComplete: true, gracefulExit: false, linewrap: true })
  return {
    begin(step, total) {
      bar.stop()
      bar.start(total, 0, { step })
    },
    advance: (by) => bar.increment(by),
    end: () => bar.stop(),
  }
}
