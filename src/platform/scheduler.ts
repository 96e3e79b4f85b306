import type { Logger } from './logger.ts'

/** Work to be done now and then; what it gives is logged. */
export type Job = () => Promise<object>

/**
 * Runs jobs now and then, one run after the other, until it is stopped.
 *
 * @param interval seconds between the end of a run and the start of the next; 0 for never
 * @returns stops it, and waits for a run that is under way
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
    // A server that has nothing else to do may end.
    timer.unref()
  }
  schedule()
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}
