import type { Transaction } from '../../database/client.ts'
import { Prisma } from '../../database/generated/client.ts'

/** Ids from PostHog are used only below this number, so that an import cannot use up the ids of the sequence. */
const firstGeneratedId = 1_000_000_000

type NumberedTable = 'feature_flags' | 'experiments' | 'actions' | 'cohorts' | 'holdouts' | 'saved_metrics'

/**
 * Keeps ids from PostHog, up to the greatest, for rows that come in later batches: otherwise a row of an earlier batch whose id is taken could
 * get one of them.
 */
export async function reserveIds(tx: Transaction, table: NumberedTable, greatest: number): Promise<void> {
  // The sequence never moves back.
  await tx.$queryRaw`
    SELECT setval(sequence, top)
    FROM (
      SELECT
        pg_get_serial_sequence(${table}, 'id')::regclass AS sequence,
        greatest(${Math.min(greatest, firstGeneratedId - 1)}::bigint, (SELECT max(id) FROM ${Prisma.raw(table)})) AS top
    ) AS wanted
    WHERE top > coalesce(pg_sequence_last_value(sequence), 0)`
}

/**
 * Returns the ids of new rows, by their id in PostHog. A row gets the same id, so that the numbers in PostHog's URLs stay valid. If that id
 * is taken or too large, the row gets one from the sequence.
 */
export async function allocateIds(tx: Transaction, table: NumberedTable, referenceIds: readonly number[]): Promise<Map<number, number>> {
  const reusable = referenceIds.filter((id) => id < firstGeneratedId)
  const greatest = reusable.reduce((top, id) => Math.max(top, id), 0)
  // Done first, so that the sequence does not give these ids to concurrent writers. The sequence never moves back.
  await reserveIds(tx, table, greatest)
  const rows = await tx.$queryRaw<{ id: number }[]>`SELECT id FROM ${Prisma.raw(table)} WHERE id = ANY(${reusable}::int[])`
  const taken = new Set(rows.map(({ id }) => id))

  const ids = new Map(reusable.filter((id) => !taken.has(id)).map((id) => [id, id]))
  const others = referenceIds.filter((id) => !ids.has(id))
  const generated = await tx.$queryRaw<{ id: number }[]>`
    SELECT nextval(pg_get_serial_sequence(${table}, 'id'))::int AS id FROM generate_series(1, ${others.length}::int)`
  others.forEach((id, index) => {
    const own = generated[index]?.id
    if (own !== undefined) ids.set(id, own)
  })
  return ids
}
