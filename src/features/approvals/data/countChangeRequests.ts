import type { Db } from '../../../database/client.ts'
import type { ChangeRequestState } from '../../../database/generated/client.ts'
import { stateAt } from '../rules/judgement.ts'
import { openStates } from '../rules/openStates.ts'

/** Change requests are never deleted, so the finished ones are counted among the newest only. */
const newestCount = 1_000

export interface ChangeRequestCounts {
  /** All open requests, by state. */
  open: ReadonlyMap<ChangeRequestState, number>
  /** The newest requests, by state. */
  newest: ReadonlyMap<ChangeRequestState, number>
}

/** Counts the change requests of all projects as of now, for operators. */
export async function countChangeRequests(db: Db, now: Date): Promise<ChangeRequestCounts> {
  const where = { state: { in: [...openStates] }, expiresAt: { gt: now } }
  const open = await db.changeRequest.groupBy({ by: ['state'], where, _count: true })
  const newest = await db.changeRequest.findMany({ orderBy: { id: 'desc' }, take: newestCount, select: { state: true, expiresAt: true } })
  const byState = Map.groupBy(newest, (request) => stateAt(request, now))
  return {
    open: new Map<ChangeRequestState, number>([
      ['PENDING', 0],
      ['APPROVED', 0],
      ...open.map(({ state, _count }) => [state, _count] as const),
    ]),
    newest: new Map([...byState].map(([state, { length }]) => [state, length])),
  }
}
