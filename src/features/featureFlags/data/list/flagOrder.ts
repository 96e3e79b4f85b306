import { Prisma } from '../../../../database/generated/client.ts'
import { numberKey, type SortDirection, type SortOrder, textKey, timestampKey } from '../../../../database/keyset/sortOrder.ts'

/** The orders of lists of flags. Each has an index in the migrations. The expressions need the alias of `feature_flags f`. */
export const flagSortKeys = {
  CREATED_AT: { keyType: timestampKey, expression: Prisma.sql`f.created_at` },
  KEY: { keyType: textKey, expression: Prisma.sql`f.key COLLATE "C"` },
  NAME: { keyType: textKey, expression: Prisma.sql`left(f.name, 400) COLLATE "C"` },
  UPDATED_AT: { keyType: timestampKey, expression: Prisma.sql`coalesce(f.updated_at, 'infinity')` },
  LAST_CALLED_AT: { keyType: timestampKey, expression: Prisma.sql`coalesce(f.called_at, 'infinity')` },
  ACTIVE: { keyType: numberKey, expression: Prisma.sql`CASE WHEN f.active THEN 1 ELSE 0 END::float8` },
  CREATED_BY: { keyType: textKey, expression: Prisma.sql`f.creator_order COLLATE "C"` },
} satisfies Record<string, Pick<SortOrder, 'keyType' | 'expression'>>

/** The values that flags can be ordered by. */
export type FlagSortField = keyof typeof flagSortKeys

/** An order of flags, as an argument gives it. */
export type FlagOrder = { field: FlagSortField; direction: SortDirection } | null | undefined

/** Returns the sort order of a list of flags: the newest first by default. */
export function flagSortOrder(list: string, order: FlagOrder): SortOrder {
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESC' }
  return { name: `${list} by ${field} ${direction}`, direction, ...flagSortKeys[field] }
}
