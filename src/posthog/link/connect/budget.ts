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

function blockedError(wait: number): UpstreamError {
  const retryAfter = Math.ceil(wait / 1_000)
  return new UpstreamError(`PostHog takes no request with this key for ${retryAfter} seconds.`, { kind: 'throttled', retryAfter })
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
        if (wait === 0) return
        if (wait > maxWaitMs) throw blockedError(wait)
        // Spread, so that those who wait do not all come back in one moment.
        await timing.wait(Math.min(wait, maxNapMs) + timing.random() * 250, signal)
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

/** Counts a request if there is room for it. Returns 0 then, and otherwise the milliseconds until there may be. */
async function tryToTake(db: Db, keyHash: string, limits: BudgetLimits, now: Date): Promise<number> {
  const [minute, hour] = [minuteMs, hourMs].map((length) => new Date(Math.floor(now.getTime() / length) * length)) as [Date, Date]
  const [lastMinute, lastHour] = [new Date(minute.getTime() - minuteMs), new Date(hour.getTime() - hourMs)]
  const elapsed = { minute: (now.getTime() - minute.getTime()) / minuteMs, hour: (now.getTime() - hour.getTime()) / hourMs }
  // One statement, so that servers that ask at once do not count the same room twice.
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
    RETURNING 1 AS taken`
  if (taken.length > 0) return 0
  const budget = await db.upstreamBudget.findUnique({ where: { keyHash }, select: { blockedUntil: true } })
  const blocked = (budget?.blockedUntil?.getTime() ?? 0) - now.getTime()
  // A slot becomes free with each second of the minute that passes.
  return blocked > 0 ? blocked : Math.ceil(minuteMs / limits.perMinute)
}
