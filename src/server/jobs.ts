import type { Database } from '../database/database.ts'
import { expireChangeRequests, revalidateChangeRequests } from '../features/approvals/data/jobs.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Job } from '../platform/scheduler.ts'

/** The jobs that the service runs on a schedule. */
export function jobs({ database, clock, log }: { database: Database; clock: Clock; log: Logger }): Record<string, Job> {
  return {
    expireRequests: () => expireChangeRequests(database, clock(), log),
    revalidateRequests: () => revalidateChangeRequests(database, clock(), log),
  }
}
