import type { ObjectRef } from '@pothos/core'
import { type ChangeRequest as ChangeRequestRow, type ChangeRequestState, Prisma } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../database/keyset/pageQuery.ts'
import { type SortDirection, type SortOrder, timestampKey } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { type Page, readConnection } from '../../graphql/connections/connection.ts'
import type { PageArguments } from '../../graphql/connections/pageRequest.ts'
import type { Context } from '../../graphql/context.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { ChangeRequest } from './ChangeRequest.ts'
import { changeRequestLoader } from './data/loaders.ts'
import { openStates } from './rules/openStates.ts'

export const ChangeRequestConnection = builder.connectionObject(
  { type: ChangeRequest, name: 'ChangeRequestConnection', description: 'A page of change requests.' },
  { name: 'ChangeRequestEdge', description: 'A change request on a page.' },
)

const sortColumns = { CREATED_AT: Prisma.sql`c.created_at`, EXPIRES_AT: Prisma.sql`c.expires_at` }

/** The order of a list of requests: the newest first, unless another is given. */
export function requestOrder(order?: { field: keyof typeof sortColumns; direction: SortDirection } | null): SortOrder {
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESC' }
  return { name: `changeRequests by ${field} ${direction}`, direction, keyType: timestampKey, expression: sortColumns[field] }
}

/** The columns of a listed request. */
export const listed = { columns: selectColumns(Prisma.ChangeRequestScalarFieldEnum, 'c'), id: Prisma.sql`c.id` }
/** The stored states of open requests, as the index of open requests has them. */
const openSql = Prisma.sql`c.state IN ('PENDING', 'APPROVED')`

/** The open requests at a time: those after their deadline have expired, also before the job has stored that. */
export const openAtSql = (now: Date) => Prisma.sql`${openSql} AND c.expires_at > ${now}::timestamptz`

/** The requests in these states at a time, like `stateAt`. */
export function inStatesSql(states: readonly ChangeRequestState[], now: Date): Prisma.Sql {
  const stored = Prisma.sql`c.state = ANY (${[...states]}::change_request_state[])`
  const isOpen = (state: ChangeRequestState) => openStates.some((open) => open === state)
  if (states.includes('EXPIRED')) return Prisma.sql`(${stored} OR (${openSql} AND c.expires_at <= ${now}::timestamptz))`
  if (!states.some(isOpen)) return stored
  // Repeats the condition of the index of open requests: a plan that is prepared for any states can use the index only then.
  if (states.every(isOpen)) return Prisma.sql`${stored} AND ${openAtSql(now)}`
  return Prisma.sql`${stored} AND NOT (${openSql} AND c.expires_at <= ${now}::timestamptz)`
}

/** A page of requests, the newest first unless another order is given. */
export async function readRequestsPage(
  context: Context,
  parentId: number,
  rows: ListSource,
  args: PageArguments,
  order = requestOrder(),
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
  builder.objectField(type, 'pendingChangeRequests', (t) =>
    t.field({
      type: ChangeRequestConnection,
      args: pageArguments,
      authScopes: { scope: 'approvals:read' },
      listSize: pageListSize,
      description: what,
      select: [],
      resolve: ({ id }, args, context) => readRequestsPage(context, id, { ...listed, from, parent, where: [openAtSql(context.now)] }, args),
    }),
  )
}
