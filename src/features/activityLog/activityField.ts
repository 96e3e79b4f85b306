import type { ObjectRef } from '@pothos/core'
import { Prisma } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { ActivityConnection, readActivityPage } from './activityConnection.ts'

type Types = typeof builder.$inferSchemaTypes

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
  const rows = { parent: column, where: [Prisma.sql`true`] }
  builder.objectField(type, 'activity', (t) =>
    t.field({
      type: ActivityConnection,
      args: pageArguments,
      authScopes: { scope: 'activity_log:read' },
      listSize: pageListSize,
      description:
        `${what}, the newest first. Needs a key with the scope \`activity_log:read\`. Without it, leave the field out: ` +
        'its error makes the nearest nullable parent null.',
      select: [],
      resolve: ({ id }, args, context) => readActivityPage(context, id, rows, args),
    }),
  )
}
