import type { ReadClient } from '../../../database/client.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { anyLengthSql } from '../../../database/sql.ts'
import { dependentsSql } from '../../approvals/data/judging/flagUses.ts'

/**
 * Returns the keys of the active flags with a condition on each of these flags, like `findDependentFlags`: at most 10 for each. A flag without
 * any is left out.
 */
export async function findDependentsOfFlags(db: ReadClient, flagIds: readonly number[]): Promise<Map<number, string[]>> {
  if (flagIds.length === 0) return new Map()
  const ids = anyLengthSql([...new Set(flagIds)], 'int')
  const parents = Prisma.sql`(SELECT f.id, f.project_id, f.key FROM feature_flags f WHERE f.id = ANY (${ids}))`
  const rows = await db.$queryRaw<{ id: number; keys: string[] }[]>(Prisma.sql`
    SELECT d."parentId" AS id, (array_agg(d.key ORDER BY d.id))[1:10] AS keys FROM (${dependentsSql(parents)}) AS d GROUP BY d."parentId"`)
  return new Map(rows.map(({ id, keys }) => [id, keys]))
}
