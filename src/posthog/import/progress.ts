import { SingleBar } from 'cli-progress'

/** Somebody who is told how far an import is. */
export interface Progress {
  /** A new step of this many bytes or rows. */
  begin(step: string, total: number): void
  advance(by: number): void
  /** The last step is over, or failed. */
  end(): void
}

export const noProgress: Progress = { begin: () => {}, advance: () => {}, end: () => {} }

/** A bar on standard error, where that is a terminal; elsewhere nothing. */
export function progressBar(): Progress {
  if (!process.stderr.isTTY) return noProgress
  // The library's own handler would keep Ctrl-C from ending the process; so there must be nothing in the terminal to restore.
  const options = {
    format: '{step} [{bar}] {percentage}%',
    stream: process.stderr,
    clearOnComplete: true,
    gracefulExit: false,
    linewrap: true,
  }
  const bar = new SingleBar(options)
  return {
    begin(step, total) {
      bar.stop()
      bar.start(total, 0, { step })
    },
    advance: (by) => bar.increment(by),
    end: () => bar.stop(),
  }
}
