import type { Logger } from './logger.ts'

/** A job. Its result is logged. */
export type Job = () => Promise<object>

/**
 * Runs all jobs, one after the other, at an interval until it is stopped. If a job fails, the error is logged, and the other jobs run.
 *
 * @param interval seconds between the end of a run and the start of the next; 0 for never
 * @returns a function that stops the scheduler and waits for the current run
 */
export function startScheduler(
  jobs: Readonly<Record<string, Job>>,
  { log, interval }: { log: Logger; interval: number },
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stopped = interval === 0
  let running = Promise.resolve()

  const run = async () => {
    for (const [job, work] of Object.entries(jobs)) {
      try {
        log.debug({ job, ...(await work()) }, 'Job done.')
      } catch (err) {
        log.error({ err, job }, 'Job failed.')
      }
    }
    schedule()
  }
  const schedule = () => {
    if (stopped) return
    timer = setTimeout(() => {
      running = run()
    }, interval * 1000)
    // The timer does not keep the process alive.
    timer.unref()
  }
  schedule()
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}
