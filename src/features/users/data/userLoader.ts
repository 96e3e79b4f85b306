import { Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

/** The public columns of a person. */
export const userColumns = { id: true, email: true, firstName: true } as const satisfies Prisma.UserSelect

export type UserRow = Prisma.UserGetPayload<{ select: typeof userColumns }>

const userColumnsSql = selectColumns(userColumns, 'u')
const userLoader = coalescedLoaderById<UserRow>(
  (_context, ids) => Prisma.sql`SELECT ${userColumnsSql} FROM users u WHERE u.id = ANY (${ids}::int[])`,
)

/** The person of a row that the viewer may read, such as its creator. Null for no id, and for an account that is gone. */
export function loadUser(context: Context, id: number | null): Promise<UserRow | null> | null {
  return id === null ? null : userLoader(context).load(id)
}

/**
 * The same as a join, for a statement that reads many rows: `name.json` is the person as JSON. With OFFSET 0, PostgreSQL looks people up
 * one by one and memoizes them, instead of joining the whole table.
 */
export function userJoinSql(name: Prisma.Sql, id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`LEFT JOIN LATERAL (
    SELECT to_json(person) AS json FROM (SELECT ${userColumnsSql} FROM users u WHERE u.id = ${id}) AS person OFFSET 0
  ) AS ${name} ON true`
}
