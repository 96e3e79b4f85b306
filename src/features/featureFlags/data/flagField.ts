import { Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { selectedColumns } from '../../../graphql/columnSelection.ts'
import { memoizePerOperation } from '../../../graphql/lookahead.ts'
import { prefetchable } from '../../../graphql/prefetch.ts'
import type { FlagRow } from './flagLoaders.ts'

type FlagJson = Partial<Record<keyof FlagRow, unknown>>

const selectOnce = memoizePerOperation((info) => selectedColumns(info, 'FeatureFlag', [[]]))

/**
 * The options of a field that shows the flag of a row. The viewer may read the row, so they may see its flag, which is in the same project.
 *
 * @param column holds the id of the flag, which exists
 */
export function flagField<Column extends string>(column: Column) {
  const name = Prisma.raw(`"${column} flag"`)
  return prefetchable<Record<Column, number>, object, FlagJson, FlagRow | number>({
    scope: 'feature_flag:read',
    select: [column],
    // OFFSET 0 as in `userField`.
    sql: (info) => ({
      json: Prisma.sql`${name}.json`,
      join: Prisma.sql`LEFT JOIN LATERAL (
        SELECT to_json(flag) AS json
        FROM (SELECT ${selectColumns(selectOnce(info, null), 'f')} FROM feature_flags f WHERE f.id = page.${Prisma.raw(`"${column}"`)}) AS flag OFFSET 0
      ) AS ${name} ON true`,
    }),
    // The row may be from another selection of this field. Then the JSON lacks columns.
    fromJson: (json, _row, _args, _context, info) =>
      selectOnce(info, null).every((selected) => selected in json) ? reviveDates(json) : undefined,
    load: (row) => row[column],
  })
}

const dateColumns = ['createdAt', 'updatedAt', 'lastCalledAt', 'lastEventAt', 'calledAt', 'unusedSince'] as const

/** Converts dates, which JSON holds as strings, in place. It can run twice, because concurrent requests share the rows. */
function reviveDates(flag: FlagJson): FlagRow {
  for (const name of dateColumns) if (typeof flag[name] === 'string') flag[name] = new Date(flag[name])
  return flag as FlagRow
}
