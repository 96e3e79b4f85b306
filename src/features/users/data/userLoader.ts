import { Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'
import { prefetchable } from '../../../graphql/prefetch.ts'

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

/** The people with these ids, in the same order. Accounts that are gone are left out. */
export async function loadUsers(context: Context, ids: readonly number[]): Promise<UserRow[]> {
  return (await Promise.all(ids.map((id) => loadUser(context, id)))).filter((user) => user !== null)
}

/**
 * The options of a field that shows the person whose id is in a column. With OFFSET 0, PostgreSQL looks people up one by one and memoizes
 * them, instead of joining the whole table.
 */
export function userField<Column extends string>(column: Column) {
  const name = Prisma.raw(`"${column} user"`)
  return prefetchable<Record<Column, number | null>, object, UserRow | null, UserRow | null>({
    select: [column],
    sql: () => ({
      json: Prisma.sql`${name}.json`,
      join: Prisma.sql`LEFT JOIN LATERAL (
        SELECT to_json(person) AS json FROM (SELECT ${userColumnsSql} FROM users u WHERE u.id = page.${Prisma.raw(`"${column}"`)}) AS person OFFSET 0
      ) AS ${name} ON true`,
    }),
    fromJson: (user) => user,
    load: (row, _args, context) => loadUser(context, row[column]),
  })
}
