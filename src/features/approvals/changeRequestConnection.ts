import type { ObjectRef } from '@pothos/core'
import { type ChangeRequest as ChangeRequestRow, Prisma } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { type Page, type PageArguments, pageSizeOf, readConnection } from '../../graphql/connections/connection.ts'
import type { Context } from '../../graphql/context.ts'
import { ChangeRequest } from './ChangeRequest.ts'
import { changeRequestLoader } from './data/loaders.ts'

export const ChangeRequestConnection = builder.connectionObject(
  { type: ChangeRequest, name: 'ChangeRequestConnection', description: 'A page of change requests.' },
  { name: 'ChangeRequestEdge', description: 'A change request on a page.' },
)

const order = newestFirst('changeRequests', Prisma.sql`c.created_at`)

/** The columns of a listed request. */
export const listed = { columns: selectColumns(Prisma.ChangeRequestScalarFieldEnum, 'c'), id: Prisma.sql`c.id` }
export const openSql = Prisma.sql`c.state IN ('PENDING', 'APPROVED')`

/** A page of requests, the newest first. */
export async function readRequestsPage(
  context: Context,
  parentId: number,
  rows: ListSource,
  args: PageArguments,
): Promise<Page<ChangeRequestRow & KeysetRow>> {
  const page = await readConnection<ChangeRequestRow & KeysetRow>(context, parentId, rows, order, args)
  for (const { node } of page.edges) changeRequestLoader(context).prime(node.id, node)
  return page
}

type Types = typeof builder.$inferSchemaTypes

/**
 * Adds the field `pendingChangeRequests` to a type that change requests are about.
 *
 * @param source the tables of the requests, and the column with the id of the object they are about
 * @param what the description of the field
 */
export function pendingChangeRequestsField<Shape extends { id: number }>(
  type: ObjectRef<Types, unknown, Shape>,
  { from, parent }: Pick<ListSource, 'from' | 'parent'>,
  what: string,
): void {
  const rows: ListSource = { ...listed, from, parent, where: [openSql] }
  builder.objectField(type, 'pendingChangeRequests', (t) =>
    t.field({
      type: ChangeRequestConnection,
      args: pageArguments,
      authScopes: { scope: 'approvals:read' },
      complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
      description: what,
      select: [],
      resolve: ({ id }, args, context) => readRequestsPage(context, id, rows, args),
    }),
  )
}
