import { Prisma } from '../../../database/generated/client.ts'
import { codePoints, type Direction, double, instant, type Ordering } from '../../../database/keyset/sortOrder.ts'
import { statusRank } from '../rules/status.ts'

/** What experiments can be ordered by. */
export type OrderField = 'CREATED_AT' | 'UPDATED_AT' | 'NAME' | 'START_DATE' | 'END_DATE' | 'DURATION' | 'STATUS' | 'CREATED_BY'

/**
 * The order of a list of experiments (experiments.md 9), the newest first when none is given. What has no value stands last when
 * ascending. Indexes serve all but DURATION and CREATED_BY, which sort the experiments of one project.
 *
 * @param now what the duration of a running experiment is measured to
 */
export function orderingOf(order: { field: OrderField; direction: Direction } | null | undefined, now: Date): Ordering {
  const { field, direction } = order ?? { field: 'CREATED_AT' as const, direction: 'DESC' as const }
  return { name: `experiments by ${field} ${direction}`, direction, ...by(field, now) }
}

function by(field: OrderField, now: Date): Pick<Ordering, 'kind' | 'expression' | 'anchor'> {
  switch (field) {
    case 'CREATED_AT':
      return { kind: instant, expression: Prisma.sql`e.created_at` }
    case 'UPDATED_AT':
      return { kind: instant, expression: Prisma.sql`e.updated_at` }
    case 'NAME':
      return { kind: codePoints, expression: Prisma.sql`e.name COLLATE "C"` }
    case 'START_DATE':
      return { kind: instant, expression: Prisma.sql`coalesce(e.start_date, 'infinity')` }
    case 'END_DATE':
      return { kind: instant, expression: Prisma.sql`coalesce(e.end_date, 'infinity')` }
    case 'DURATION':
      return {
        kind: double,
        expression: Prisma.sql`coalesce(extract(epoch FROM coalesce(e.end_date, ${now}::timestamptz) - e.start_date)::float8, 'Infinity')`,
        anchor: now,
      }
    case 'STATUS':
      return { kind: double, expression: statusRank }
    case 'CREATED_BY':
      // The leading digit puts experiments without a maker behind every name.
      return {
        kind: codePoints,
        expression: Prisma.sql`coalesce((SELECT '0' || coalesce(nullif(u.first_name, ''), u.email) FROM users u WHERE u.id = e.created_by_id), '1') COLLATE "C"`,
      }
  }
}
