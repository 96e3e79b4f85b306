import type { Db } from '../database/open.ts'
import { expireRequests, revalidateRequests } from '../features/approvals/data/jobs.ts'
import type { Clock } from './clock.ts'
import type { Logger } from './logger.ts'

/**
 * Does the jobs now and then, one run after the other, until it is stopped.
 *
 * @param interval seconds between the end of a run and the start of the next; 0 for never
 * @returns stops it, and waits for a run that is under way
 */
export function scheduleJobs({ db, clock, log, interval }: { db: Db; clock: Clock; log: Logger; interval: number }): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stopped = interval === 0
  let running = Promise.resolve()

  const run = async () => {
    try {
      const expired = await expireRequests(db, clock(), log)
      const revalidated = await revalidateRequests(db, clock(), log)
      log.debug({ ...expired, ...revalidated }, 'The jobs ran.')
    } catch (err) {
      log.error({ err }, 'The jobs could not run.')
    }
    plan()
  }
  const plan = () => {
    if (stopped) return
    timer = setTimeout(() => {
      running = run()
    }, interval * 1000)
    // A server that has nothing else to do may end.
    timer.unref()
  }
  plan()
  return () => {
    stopped = true
    clearTimeout(timer)
    return running
  }
}
