import { Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

/** What is shown of a person. */
export const userColumns = { id: true, email: true, firstName: true } as const satisfies Prisma.UserSelect

export type UserRow = Prisma.UserGetPayload<{ select: typeof userColumns }>

const userColumnsSql = selectColumns(userColumns, 'u')
const userLoader = coalescedLoaderById<UserRow>(
  (_context, ids) => Prisma.sql`SELECT ${userColumnsSql} FROM users u WHERE u.id = ANY (${ids}::int[])`,
)

/** Who made or changed a row that the viewer may read; null for nobody, and for an account that is gone. */
export function loadUser(context: Context, id: number | null): Promise<UserRow | null> | null {
  return id === null ? null : userLoader(context).load(id)
}

/**
 * The same for a statement that reads many such rows: the join that finds the JSON of the person as `json` of `name`. OFFSET 0 keeps the look-up
 * from becoming one with all people there are; PostgreSQL remembers whom it has looked up.
 */
export function userJoinSql(name: Prisma.Sql, id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`LEFT JOIN LATERAL (
    SELECT to_json(person) AS json FROM (SELECT ${userColumnsSql} FROM users u WHERE u.id = ${id}) AS person OFFSET 0
  ) AS ${name} ON true`
}
