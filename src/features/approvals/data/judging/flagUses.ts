import type { RowState } from '../../../../commands/command.ts'
import type { ReadClient } from '../../../../database/client.ts'
import { Prisma } from '../../../../database/generated/client.ts'
import { anyLengthSql, limitSql } from '../../../../database/sql.ts'
import { asObject, type JsonObject } from '../../../../platform/json.ts'
import { usesOfFlag } from '../../rules/impliedValues.ts'
import { rowKey } from '../../rules/staleness.ts'

/** How many things that use a flag are listed, of each kind. */
export const maxListedUses = 100

/**
 * Selects the active flags with a condition on one of these flags, each with the `parentId` of that flag. A flag names another one by number or
 * by key, which its facts say.
 *
 * @param parents the flags, as rows with `id`, `project_id` and `key`
 */
export const dependentsSql = (parents: Prisma.Sql) => Prisma.sql`
  SELECT t.id AS "parentId", d.id, d.key
  FROM ${parents} t
  JOIN feature_flags d ON d.project_id::bigint = t.project_id::bigint AND d.facts && ARRAY['needs:' || t.id, 'needs:' || t.key]
    AND d.id <> t.id AND d.active AND NOT d.deleted`

/** A condition: the experiment `e` is a draft or runs. After its end, it does not need its flag. */
export const unfinishedSql = Prisma.sql`NOT e.deleted AND (e.start_date IS NULL OR e.end_date IS NULL)`

/** Adds what uses the flags whose uses count. It is looked up for those alone, in one statement. */
export async function addFlagUses(db: ReadClient, rows: readonly RowState[], current: Map<string, JsonObject>): Promise<void> {
  const asking = rows.filter(({ type, values }) => type === 'FEATURE_FLAG' && usesOfFlag.some((use) => use in values))
  if (asking.length === 0) return
  const experiments = (condition: Prisma.Sql) => Prisma.sql`ARRAY(
    SELECT e.id FROM experiments e WHERE e.project_id = f.project_id AND e.feature_flag_id = f.id AND ${condition} ORDER BY e.id ${limitSql(maxListedUses)}
  )`
  const dependents = dependentsSql(Prisma.sql`(SELECT f.id, f.project_id, f.key WHERE f.active)`)
  const ids = anyLengthSql([...new Set(asking.map(({ id }) => id as number))], 'int')
  const found = await db.$queryRaw<(JsonObject & { id: number })[]>(Prisma.sql`
    SELECT f.id, ARRAY(SELECT d.key FROM (${dependents}) d ORDER BY d.id ${limitSql(maxListedUses)}) AS "dependentFlags",
      ${experiments(unfinishedSql)} AS "unfinishedExperiments",
      ${experiments(Prisma.sql`NOT e.deleted AND e.start_date IS NOT NULL AND e.end_date IS NULL`)} AS "runningExperiments"
    FROM feature_flags f WHERE f.id = ANY (${ids})`)
  for (const { id, ...uses } of found) {
    const row = current.get(rowKey({ type: 'FEATURE_FLAG', id }))
    if (row !== undefined) Object.assign(row, uses, { isInEarlyAccess: asObject(row.filters)?.feature_enrollment === true })
  }
}
