import { SingleBar } from 'cli-progress'

/** Shows the progress of a step on standard error: a bar on a terminal, otherwise one line per step. */
export interface Progress {
  begin(step: string, total: number): void
  advance(by: number): void
  end(): void
}

export function progressBar(): Progress {
  if (!process.stderr.isTTY) return { begin: (step) => void process.stderr.write(`${step}\n`), advance: () => {}, end: () => {} }
  const bar = new SingleBar({
    format: '{step} [{bar}] {percentage}% {duration_formatted}',
    stream: process.stderr,
    clearOnComplete: true,
    // The library's own handler would keep Ctrl-C from ending the process.
    gracefulExit: false,
    linewrap: true,
  })
  return {
    begin(step, total) {
      bar.stop()
      bar.start(total, 0, { step })
    },
    advance: (by) => bar.increment(by),
    end: () => bar.stop(),
  }
}
