import { constants } from 'node:os'
import { OperatorError } from '../../platform/operatorError.ts'
import type { Progress } from '../../posthog/import/progress.ts'

const signals = ['SIGINT', 'SIGTERM'] as const
type StopSignal = (typeof signals)[number]

/** Somebody ended the command, with Ctrl-C or by a signal. */
export class InterruptedError extends OperatorError {
  /** As shells count: 130 for Ctrl-C. */
  readonly exitCode: number

  constructor(message: string, signal: StopSignal) {
    super(message)
    this.exitCode = exitCodeOf(signal)
  }
}

/**
 * Does work that Ctrl-C ends in good order: the work looks at the signal, undoes what is half done, and throws. A second Ctrl-C ends the process
 * at once.
 *
 * @param outcome what is told of the interrupted work, such as `Nothing was imported.`
 */
export async function interruptible<Result>(outcome: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const interrupted = new AbortController()
  const stop = (signal: StopSignal) => {
    if (interrupted.signal.aborted) process.exit(exitCodeOf(signal))
    console.error('Stopping. Press Ctrl-C again to end at once.')
    interrupted.abort(new InterruptedError(outcome, signal))
  }
  for (const signal of signals) process.on(signal, stop)
  try {
    return await work(interrupted.signal)
  } catch (error) {
    // A transaction reports its own error after one of its callback.
    throw interrupted.signal.aborted ? interrupted.signal.reason : error
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}

/** Work that advances ends at its next step once the signal is given. */
export function stoppable(progress: Progress, signal: AbortSignal): Progress {
  return {
    ...progress,
    begin: (step, total) => {
      signal.throwIfAborted()
      progress.begin(step, total)
    },
    advance: (by) => {
      signal.throwIfAborted()
      progress.advance(by)
    },
  }
}

function exitCodeOf(signal: StopSignal): number {
  return 128 + constants.signals[signal]
}
