import type { ObjectRef } from '@pothos/core'
import { columnsOf } from '../../database/columns.ts'
import { type Activity, Prisma } from '../../database/generated/client.ts'
import type { Placed, Rows } from '../../database/keyset/pageQuery.ts'
import { instant, type Ordering } from '../../database/keyset/sortOrder.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { readConnection, requestedSize } from '../../graphql/connections/connection.ts'
import { ActivityEntry } from './ActivityEntry.ts'

type Types = typeof builder.$inferSchemaTypes

const ActivityConnection = builder.connectionObject(
  { type: ActivityEntry, name: 'ActivityConnection', description: 'A page of the audit trail.' },
  { name: 'ActivityEdge', description: 'A row of the audit trail on a page.' },
)

const newestFirst: Ordering = {
  name: 'activity by CREATED_AT DESC',
  direction: 'DESC',
  kind: instant,
  expression: Prisma.sql`a.created_at`,
}

/** The rows about the thing that a column names. */
function rowsBy(column: Prisma.Sql): Rows {
  return {
    from: Prisma.sql`activity_log a`,
    columns: columnsOf(Prisma.ActivityScalarFieldEnum, 'a'),
    id: Prisma.sql`a.id`,
    parent: column,
    where: [Prisma.sql`true`],
  }
}

const needsScope =
  'Needs a key with the scope `activity_log:read`; without it the null rises to the list this stands in, so do not select it then.'

/**
 * Adds the field `activity` to a type: the rows of the audit trail about one of its objects, the newest first.
 *
 * @param column the column that holds the object's number
 * @param what what the rows are about, in words
 */
export function activityField<Shape extends { id: number }>(
  type: ObjectRef<Types, unknown, Shape>,
  column: Prisma.Sql,
  what: string,
): void {
  const rows = rowsBy(column)
  builder.objectField(type, 'activity', (t) =>
    t.field({
      type: ActivityConnection,
      args: pageArguments,
      authScopes: { scope: 'activity_log:read' },
      complexity: (args) => ({ field: 1, multiplier: requestedSize(args) }),
      description: `${what}, the newest first. ${needsScope}`,
      resolve: ({ id }, args, context) => readConnection<Activity & Placed>(context, id, rows, newestFirst, args),
    }),
  )
}
