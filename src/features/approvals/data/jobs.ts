import type { Transaction } from '../../../database/client.ts'
import type { Database } from '../../../database/database.ts'
import { faultOf } from '../../../database/faults.ts'
import type { ChangeRequest } from '../../../database/generated/client.ts'
import { withTransaction } from '../../../database/transaction.ts'
import type { Logger } from '../../../platform/logger.ts'
import { checkChangeRequest, saveValidationStatus } from './checkChangeRequest.ts'
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
  for await (const id of openRequestIds((after) =>
    database.db.changeRequest.findMany({
      where: { state: { in: ['PENDING', 'APPROVED'] }, expiresAt: { lte: now }, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: batchSize,
      select: { id: true },
    }),
  )) {
    await runForRequest(result, log, id, async () => {
      const after = await withTransaction(database, async (unit) => {
        const request = await lockOpenRequest(unit.tx, id)
        return request === null ? null : expireChangeRequest(unit, request, now)
      })
      if (after?.state === 'EXPIRED') result.expired++
    })
  }
  return result
}

/** Checks every open request again, and stores new results. */
export async function revalidateChangeRequests(database: Database, now: Date, log: Logger): Promise<RevalidationResult> {
  const result: RevalidationResult = { checked: 0, stale: 0, healed: 0, errors: 0 }
  for await (const id of openRequestIds((after) =>
    database.db.changeRequest.findMany({
      where: { state: { in: ['PENDING', 'APPROVED'] }, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: batchSize,
      select: { id: true },
    }),
  )) {
    await runForRequest(result, log, id, async () => {
      const change = await withTransaction(database, async (unit) => {
        const request = await lockOpenRequest(unit.tx, id)
        if (request === null) return null
        const after = await saveValidationStatus(unit, request, await checkChangeRequest(unit.tx, request, now), now)
        return { before: request.validationStatus, after: after.validationStatus }
      })
      if (change === null) return
      result.checked++
      if (change.before === 'VALID' && change.after !== 'VALID') result.stale++
      if (change.before !== 'VALID' && change.after === 'VALID') result.healed++
    })
  }
  return result
}

/** The ids of requests, read in batches. */
async function* openRequestIds(read: (after: number) => Promise<{ id: number }[]>): AsyncGenerator<number> {
  for (let after = 0; ; ) {
    const rows = await read(after)
    for (const { id } of rows) yield id
    const last = rows.at(-1)
    if (last === undefined || rows.length < batchSize) return
    after = last.id
  }
}

/** Locks an open request. Null if it is no longer open, or another transaction has locked it. */
async function lockOpenRequest(tx: Transaction, id: number): Promise<ChangeRequest | null> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM change_requests WHERE id = ${id}::int AND state IN ('PENDING', 'APPROVED') FOR UPDATE SKIP LOCKED`
  return rows.length === 0 ? null : tx.changeRequest.findUnique({ where: { id } })
}

/** Logs and counts an error, so that the job goes on with the other requests. */
async function runForRequest(result: { errors: number }, log: Logger, changeRequestId: number, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (err) {
    // Without a database, the other requests would only wait and fail as well.
    if (faultOf(err)?.kind === 'unavailable') throw err
    result.errors++
    log.error({ err, changeRequestId }, 'Change request skipped: its job failed. The next run tries again.')
  }
}
