import type { Db } from '../../../database/client.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { Budget, Purpose } from '../../client/postHogClient.ts'
import type { Timing } from '../../client/retries.ts'

export interface BudgetLimits {
  perMinute: number
  perHour: number
}

const minuteMs = 60_000
const hourMs = 3_600_000
/** A waiting request looks again after this time at most, because others may have left it room. */
const maxNapMs = 5_000

/** Who is refused for longer than this does not wait: it would keep others from working. */
const maxWaitMs = 90_000

function waitsTooLong({ ms, isOurs }: Wait): UpstreamError {
  const retryAfter = Math.ceil(ms / 1_000)
  const message = isOurs
    ? `The requests that this service may send with the key are used up. There is room again in ${retryAfter} seconds.`
    : `PostHog takes no request with this key for ${retryAfter} seconds.`
  return new UpstreamError(message, { kind: 'throttled', retryAfter })
}

/** Until there may be room for a request. */
interface Wait {
  ms: number
  /** Whether our own limits end it. If not, PostHog has refused requests for so long. */
  isOurs: boolean
}

/** The part of the limits that requests for a purpose may use. Writes have a third alone, and following a sixth before copies. */
const shares: Readonly<Record<Purpose, number>> = { write: 1, follow: 2 / 3, copy: 1 / 2, query: 1 }

/** What is left for a purpose. At least one request, so that nothing stands still for good. */
export function limitsFor(purpose: Purpose, { perMinute, perHour }: BudgetLimits): BudgetLimits {
  const part = (limit: number) => Math.max(1, Math.floor(limit * shares[purpose]))
  return { perMinute: part(perMinute), perHour: part(perHour) }
}

/** Counts the requests of a key in the database, so that all servers and projects that use the key share its limits. */
export function createBudget(db: Db, keyHash: string, limits: BudgetLimits, timing: Timing): Budget {
  return {
    take: async (purpose, signal) => {
      for (;;) {
        signal?.throwIfAborted()
        const wait = await tryToTake(db, keyHash, limitsFor(purpose, limits), timing.clock())
        if (wait === null) return
        if (wait.ms > maxWaitMs) throw waitsTooLong(wait)
        // Spread, so that those who wait do not all come back in one moment.
        await timing.wait(Math.min(wait.ms, maxNapMs) + timing.random() * 250, signal)
      }
    },
    block: async (seconds) => {
      const until = new Date(timing.clock().getTime() + seconds * 1_000)
      await db.$executeRaw`
        UPDATE upstream_budgets SET blocked_until = greatest(blocked_until, ${until}) WHERE key_hash = ${keyHash}`
    },
  }
}

/** The part of the requests of an hour for following that is left, from 0 to 1. */
export async function leftForFollowing(db: Db, keyHash: string, limits: BudgetLimits, now: Date): Promise<number> {
  const budget = await db.upstreamBudget.findUnique({ where: { keyHash } })
  if (budget === null) return 1
  const hour = Math.floor(now.getTime() / hourMs) * hourMs
  const counts = { [budget.hour.getTime()]: budget.hourCount, [budget.hour.getTime() - hourMs]: budget.lastHourCount }
  const used = (counts[hour] ?? 0) + (counts[hour - hourMs] ?? 0) * (1 - (now.getTime() - hour) / hourMs)
  return Math.max(0, 1 - used / limitsFor('follow', limits).perHour)
}

/** What was counted in a window of time and in the one before it, which counts less with each moment of the window. */
interface Counts {
  count: number
  last: number
}

/**
 * Returns how long it takes until there is room in a window, in parts of its length. 0 if there is.
 *
 * @param elapsed the part of the window that has passed
 */
export function untilRoom({ count, last }: Counts, limit: number, elapsed: number): number {
  if (count + last * (1 - elapsed) < limit) return 0
  // What was counted before must shrink to what is left, in this window or in the next.
  if (count < limit) return 1 - (limit - count) / last - elapsed
  return 1 - elapsed + Math.max(0, 1 - limit / count)
}

/** Counts a request if there is room for it. Returns null then, and otherwise how long there will be none. */
async function tryToTake(db: Db, keyHash: string, limits: BudgetLimits, now: Date): Promise<Wait | null> {
  const [minute, hour] = [minuteMs, hourMs].map((length) => new Date(Math.floor(now.getTime() / length) * length)) as [Date, Date]
  const [lastMinute, lastHour] = [new Date(minute.getTime() - minuteMs), new Date(hour.getTime() - hourMs)]
  const elapsed = { minute: (now.getTime() - minute.getTime()) / minuteMs, hour: (now.getTime() - hour.getTime()) / hourMs }
  // One statement, so that servers that ask at once do not count the same room twice. It does not wait for the disk: a database that loses its
  // power forgets the requests of a moment.
  const taken = await db.$queryRaw<unknown[]>`
    INSERT INTO upstream_budgets AS b (key_hash, minute, minute_count, hour, hour_count)
    VALUES (${keyHash}, ${minute}, 1, ${hour}, 1)
    ON CONFLICT (key_hash) DO UPDATE SET
      minute = ${minute},
      minute_count = CASE WHEN b.minute = ${minute} THEN b.minute_count + 1 ELSE 1 END,
      last_minute_count = CASE WHEN b.minute = ${minute} THEN b.last_minute_count WHEN b.minute = ${lastMinute} THEN b.minute_count ELSE 0 END,
      hour = ${hour},
      hour_count = CASE WHEN b.hour = ${hour} THEN b.hour_count + 1 ELSE 1 END,
      last_hour_count = CASE WHEN b.hour = ${hour} THEN b.last_hour_count WHEN b.hour = ${lastHour} THEN b.hour_count ELSE 0 END,
      blocked_until = NULL
    WHERE (b.blocked_until IS NULL OR b.blocked_until <= ${now})
      AND CASE
        WHEN b.minute = ${minute} THEN b.minute_count + b.last_minute_count * (1 - ${elapsed.minute}::float8)
        WHEN b.minute = ${lastMinute} THEN b.minute_count * (1 - ${elapsed.minute}::float8) ELSE 0
      END < ${limits.perMinute}::int
      AND CASE
        WHEN b.hour = ${hour} THEN b.hour_count + b.last_hour_count * (1 - ${elapsed.hour}::float8)
        WHEN b.hour = ${lastHour} THEN b.hour_count * (1 - ${elapsed.hour}::float8) ELSE 0
      END < ${limits.perHour}::int
    RETURNING set_config('synchronous_commit', 'off', true)`
  if (taken.length > 0) return null
  const budget = await db.upstreamBudget.findUniqueOrThrow({ where: { keyHash } })
  const blocked = (budget.blockedUntil?.getTime() ?? 0) - now.getTime()
  if (blocked > 0) return { ms: blocked, isOurs: false }
  const inWindow = (start: Date, current: Date, previous: Date, count: number, last: number): Counts => {
    if (start.getTime() === current.getTime()) return { count, last }
    return { count: 0, last: start.getTime() === previous.getTime() ? count : 0 }
  }
  const minutes = untilRoom(
    inWindow(budget.minute, minute, lastMinute, budget.minuteCount, budget.lastMinuteCount),
    limits.perMinute,
    elapsed.minute,
  )
  const hours = untilRoom(inWindow(budget.hour, hour, lastHour, budget.hourCount, budget.lastHourCount), limits.perHour, elapsed.hour)
  // Others may take the room that is there by then.
  return { ms: Math.max(1, Math.ceil(Math.max(minutes * minuteMs, hours * hourMs))), isOurs: true }
}
