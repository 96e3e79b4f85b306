import type { Db } from '../database/open.ts'
import { expireChangeRequests, revalidateChangeRequests } from '../features/approvals/data/jobs.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Job } from '../platform/scheduler.ts'

/** What the service does on a schedule. */
export function jobs({ db, clock, log }: { db: Db; clock: Clock; log: Logger }): Record<string, Job> {
  return {
    expireRequests: () => expireChangeRequests(db, clock(), log),
    revalidateRequests: () => revalidateChangeRequests(db, clock(), log),
  }
}
