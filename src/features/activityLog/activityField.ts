import type { ObjectRef } from '@pothos/core'
import { type Activity, Prisma } from '../../database/generated/client.ts'
import type { KeysetRow } from '../../database/keyset/pageQuery.ts'
import { type SortOrder, timestampKey } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { pageSizeOf, readConnection } from '../../graphql/connections/connection.ts'
import { ActivityEntry } from './ActivityEntry.ts'

type Types = typeof builder.$inferSchemaTypes

const ActivityConnection = builder.connectionObject(
  { type: ActivityEntry, name: 'ActivityConnection', description: 'A page of the audit trail.' },
  { name: 'ActivityEdge', description: 'An entry of the audit trail on a page.' },
)

const newestFirst: SortOrder = {
  name: 'activity by CREATED_AT DESC',
  direction: 'DESC',
  keyType: timestampKey,
  expression: Prisma.sql`a.created_at`,
}

/**
 * Adds the field `activity` to a type: the audit trail of one of its objects, the newest entry first.
 *
 * @param column the column of the activity log that holds the object's id
 * @param what the beginning of the field's description
 */
export function activityField<Shape extends { id: number }>(
  type: ObjectRef<Types, unknown, Shape>,
  column: Prisma.Sql,
  what: string,
): void {
  const rows = {
    from: Prisma.sql`activity_log a`,
    columns: selectColumns(Prisma.ActivityScalarFieldEnum, 'a'),
    id: Prisma.sql`a.id`,
    parent: column,
    where: [Prisma.sql`true`],
  }
  builder.objectField(type, 'activity', (t) =>
    t.field({
      type: ActivityConnection,
      args: pageArguments,
      authScopes: { scope: 'activity_log:read' },
      complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
      description:
        `${what}, the newest first. Needs a key with the scope \`activity_log:read\`. Without it, leave the field out: ` +
        'its error makes the nearest nullable parent null.',
      select: [],
      resolve: ({ id }, args, context) => readConnection<Activity & KeysetRow>(context, id, rows, newestFirst, args),
    }),
  )
}
