import { allOf } from '../../../database/allOf.ts'
import type { Database } from '../../../database/database.ts'
import { faultOf } from '../../../database/faults.ts'
import type { ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import { type UnitOfWork, withTransaction } from '../../../database/transaction.ts'
import type { Logger } from '../../../platform/logger.ts'
import { checkChangeRequest, saveJudgement } from './checkChangeRequest.ts'
import { expireChangeRequest } from './expire.ts'

// The jobs that expire and revalidate change requests (approvals.md 13 and 14). Each request has its own transaction. Requests that are
// locked are skipped, so any number of servers may run the jobs at once.

const batchSize = 200

/** Counts of change requests in one revalidation. */
export interface RevalidationResult {
  checked: number
  /** Newly stale or invalid. */
  stale: number
  /** Valid again. */
  healed: number
  errors: number
}

/** Expires all open requests after their deadline, and returns how many. */
export async function expireChangeRequests(database: Database, now: Date, log: Logger): Promise<{ expired: number; errors: number }> {
  const result = { expired: 0, errors: 0 }
  const expire = (unit: UnitOfWork, request: ChangeRequest) => expireChangeRequest(unit, request, now)
  for await (const change of changeOpenRequests(database, log, { expiresAt: { lte: now } }, expire)) {
    if (change === 'failed') result.errors++
    else if (change.after.state === 'EXPIRED') result.expired++
  }
  return result
}

/** Checks every open request again, and stores new results. */
export async function revalidateChangeRequests(database: Database, now: Date, log: Logger): Promise<RevalidationResult> {
  const result: RevalidationResult = { checked: 0, stale: 0, healed: 0, errors: 0 }
  const revalidate = async (unit: UnitOfWork, request: ChangeRequest) =>
    saveJudgement(unit, request, await checkChangeRequest(unit, request), now)
  for await (const change of changeOpenRequests(database, log, {}, revalidate)) {
    if (change === 'failed') {
      result.errors++
      continue
    }
    const [wasValid, isValid] = [change.before, change.after].map(({ validationStatus }) => validationStatus === 'VALID')
    result.checked++
    if (wasValid && !isValid) result.stale++
    if (!wasValid && isValid) result.healed++
  }
  return result
}

/** Changes the open requests that match, and yields each before and after. An error is logged, and the job goes on with the next request. */
async function* changeOpenRequests(
  database: Database,
  log: Logger,
  where: Prisma.ChangeRequestWhereInput,
  change: (unit: UnitOfWork, request: ChangeRequest) => Promise<ChangeRequest>,
): AsyncGenerator<{ before: ChangeRequest; after: ChangeRequest } | 'failed'> {
  for (let lastId = 0, isLast = false; !isLast; ) {
    const batch = await database.db.changeRequest.findMany({
      where: allOf<Prisma.ChangeRequestWhereInput>(
        // Those of PostHog are decided there.
        { state: { in: ['PENDING', 'APPROVED'] }, id: { gt: lastId }, importedId: null },
        where,
      ),
      orderBy: { id: 'asc' },
      take: batchSize,
      select: { id: true },
    })
    for (const { id } of batch) {
      try {
        const changed = await withTransaction(database, async (unit) => {
          // Not found if it is no longer open, or another transaction has locked it.
          const [locked] = await unit.tx.$queryRaw<{ id: number }[]>`
            SELECT id FROM change_requests WHERE id = ${id}::int AND state IN ('PENDING', 'APPROVED') FOR UPDATE SKIP LOCKED`
          const before = locked === undefined ? null : await unit.tx.changeRequest.findUnique({ where: { id } })
          return before && { before, after: await change(unit, before) }
        })
        if (changed !== null) yield changed
      } catch (err) {
        // Without a database, the other requests would only wait and fail as well.
        if (faultOf(err)?.kind === 'unavailable') throw err
        log.error({ err, changeRequestId: id }, 'Change request skipped: its job failed. The next run tries again.')
        yield 'failed'
      }
      lastId = id
    }
    isLast = batch.length < batchSize
  }
}
