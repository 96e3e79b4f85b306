import type { Database } from '../../../database/database.ts'
import type { ProjectLink } from '../../../database/generated/client.ts'
import { type UnitOfWork, withTransaction } from '../../../database/transaction.ts'

// One server at a time does the work of a link. It says so in the row of the link, and renews that. If it is killed, another takes over.

/** How long a lease is good. A server renews it well before. */
export const leaseMs = 25_000

/** Another server has taken the link over, or it was removed. Nothing of this work was written. */
export class LeaseLostError extends Error {
  constructor() {
    super('The lease of the link was lost.')
    this.name = new.target.name
  }
}

/** What a server does not take now, so that some links do not hold up all others. */
export interface LeftOut {
  /** The hashes of keys whose links it works on already, as many as one key may have. */
  keyHashes: readonly string[]
  /** Whether it works on enough links whose last round failed. They may fail again, slowly. */
  failing: boolean
  /** Links that are due later than this. By default, those that are due later than now. */
  dueBy?: Date
}

/**
 * Takes the link that has waited longest. Null if none is due, or others work on all that are. One whose key is refused for now is not taken:
 * its round would only wait.
 */
export async function takeDueLink(
  { db }: Pick<Database, 'db'>,
  holder: string,
  now: Date,
  { keyHashes, failing, dueBy = now }: LeftOut = { keyHashes: [], failing: false },
): Promise<ProjectLink | null> {
  const until = new Date(now.getTime() + leaseMs)
  const rows = await db.$queryRaw<{ projectId: number }[]>`
    UPDATE project_links SET lease_holder = ${holder}, lease_expires_at = ${until}
    WHERE project_id = (
      SELECT project_id FROM project_links
      WHERE next_round_at <= ${dueBy} AND (lease_expires_at IS NULL OR lease_expires_at <= ${now})
        AND key_hash <> ALL (${[...keyHashes]}::bpchar[]) AND NOT (${failing} AND failures > 0)
        AND NOT EXISTS (SELECT FROM upstream_budgets b WHERE b.key_hash = project_links.key_hash AND b.blocked_until > ${now})
      ORDER BY next_round_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING project_id AS "projectId"`
  const [row] = rows
  return row === undefined ? null : db.projectLink.findUnique({ where: { projectId: row.projectId } })
}

/** Renews a lease. Returns false if it is lost. */
export async function renewLease({ db }: Pick<Database, 'db'>, projectId: number, holder: string, now: Date): Promise<boolean> {
  const { count } = await db.projectLink.updateMany({
    where: { projectId, leaseHolder: holder },
    data: { leaseExpiresAt: new Date(now.getTime() + leaseMs) },
  })
  return count > 0
}

/** Gives a link back, with the time of its next round. */
export async function releaseLease({ db }: Pick<Database, 'db'>, projectId: number, holder: string, nextRoundAt: Date): Promise<void> {
  await db.projectLink.updateMany({
    where: { projectId, leaseHolder: holder },
    data: { leaseHolder: null, leaseExpiresAt: null, nextRoundAt },
  })
}

/**
 * Locks the row of a link for a write, so that nobody takes it over meanwhile.
 *
 * @throws LeaseLostError if somebody has.
 */
export async function holdLease({ tx }: Pick<UnitOfWork, 'tx'>, projectId: number, holder: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT project_id FROM project_links WHERE project_id = ${projectId}::int AND lease_holder = ${holder} FOR NO KEY UPDATE`
  if (rows.length === 0) throw new LeaseLostError()
}

/** A transaction of the holder of a lease. */
export function withLease<Result>(
  database: Database,
  projectId: number,
  holder: string,
  work: (unit: UnitOfWork) => Promise<Result>,
): Promise<Result> {
  return withTransaction(database, async (unit) => {
    await holdLease(unit, projectId, holder)
    return work(unit)
  })
}
