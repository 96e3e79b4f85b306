import type { Database } from '../database/database.ts'
import { sendLeftovers } from '../database/sendLeftovers.ts'
import { expireChangeRequests, revalidateChangeRequests } from '../features/approvals/data/jobs.ts'
import { createLastCallNotes } from '../features/events/noteLastCalls.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import type { Job } from '../platform/scheduler.ts'
import type { Server } from './createServer.ts'

interface JobOptions {
  database: Database
  clock: Clock
  log: Logger
  server: Pick<Server, 'settleOperations'>
}

/** The jobs that the service runs on a schedule. */
export function jobs({ database, clock, log, server }: JobOptions): Record<string, Job> {
  const noteLastCalls = createLastCallNotes(database)
  return {
    expireRequests: () => expireChangeRequests(database, clock(), log),
    revalidateRequests: () => revalidateChangeRequests(database, clock(), log),
    settleOperations: server.settleOperations,
    ...(database.eventsElsewhere === undefined ? {} : { noteLastCalls: () => noteLastCalls(clock()) }),
    ...(database.pubSub.sendsAfterCommit ? { sendLeftovers: () => sendLeftovers(database, clock()) } : {}),
  }
}
