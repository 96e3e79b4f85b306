import { randomUUID } from 'node:crypto'
import type { Transaction } from '../../../database/client.ts'
import type { LinkOperation, LinkOperationState, Prisma } from '../../../database/generated/client.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { toJsonValue } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import { abandonedBefore } from '../connect/writeTime.ts'
import type { WriterParts } from './session.ts'

/** How often a write looks whether the one before it is done, in milliseconds. */
const napMs = 100

export interface NewOperation {
  projectId: number
  userId: number | null
  command: string
  input: unknown
  /** What it is about, such as `feature_flags/12`. */
  resource: string
}

/**
 * Enters an operation into the outbox, once no other one about the same thing is under way. So writes of a flag go one after the other, from
 * all servers.
 *
 * @param resolve clears up an operation whose outcome is unknown, by reading. It runs before anything else touches the row.
 * @throws UpstreamError if another one takes too long.
 */
export async function enterOutbox(
  parts: WriterParts,
  operation: NewOperation,
  resolve: (unsettled: LinkOperation) => Promise<void>,
): Promise<string> {
  const { timing, timeoutSeconds } = parts
  const until = timing.clock().getTime() + timeoutSeconds * 1_000
  for (let naps = 0; ; ) {
    const entered = await tryToEnter(parts, operation)
    if (typeof entered === 'string') return entered
    const unsettled = entered.filter((other) => isAbandoned(other, timing.clock(), timeoutSeconds))
    for (const other of unsettled) await resolve(other)
    if (unsettled.length > 0) continue
    // The clock of tests stands still.
    if (timing.clock().getTime() >= until || ++naps * napMs > timeoutSeconds * 1_000) {
      throw new UpstreamError('Another change of the same thing is still under way.', { kind: 'unavailable', retryAfter: 5 })
    }
    await timing.wait(napMs)
  }
}

/** Whether nobody waits for the answer of an operation any more. */
export function isAbandoned({ state, createdAt }: LinkOperation, now: Date, timeoutSeconds: number): boolean {
  return state === 'unknown' || createdAt < abandonedBefore(now, timeoutSeconds)
}

/** Returns the id of the operation, or those that are in its way. */
function tryToEnter({ database, timing }: WriterParts, operation: NewOperation): Promise<string | LinkOperation[]> {
  const { projectId, userId, command, input, resource } = operation
  return withTransaction(database, async ({ tx }) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${projectId}::int, hashtext(${`operation ${resource}`}::text))`
    const others = await tx.linkOperation.findMany({ where: { projectId, resource, state: { in: ['sent', 'unknown'] } } })
    if (others.length > 0) return others
    const id = randomUUID()
    const json = toJsonValue(input ?? {}) as Prisma.InputJsonValue
    const data = { id, projectId, userId, command, input: json, resource, requestSummary: '', createdAt: timing.clock() }
    await tx.linkOperation.create({ data, select: { id: true } })
    return id
  })
}

/**
 * Notes how an operation ended.
 *
 * @param requestSummary what was sent: the method and the path, without values
 */
export async function settle(
  db: Pick<Transaction, 'linkOperation'>,
  { timing }: Pick<WriterParts, 'timing'>,
  { id, state, requestSummary }: { id: string; state: LinkOperationState; requestSummary?: string },
): Promise<void> {
  const settledAt = state === 'unknown' ? null : timing.clock()
  await db.linkOperation.updateMany({
    where: { id },
    data: { state, settledAt, ...(requestSummary === undefined ? {} : { requestSummary }) },
  })
}
