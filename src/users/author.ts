import type { Context } from '../context.ts'
import { columnsOf } from '../db/columns.ts'
import { Prisma } from '../db/generated/client.ts'
import { sharedLoaderById } from '../db/loaders.ts'

/** What is shown of a person. */
export const personColumns = { id: true, email: true, firstName: true } as const satisfies Prisma.UserSelect

export type PersonRow = Prisma.UserGetPayload<{ select: typeof personColumns }>

const columns = columnsOf(personColumns, 'u')
const authors = sharedLoaderById<PersonRow>((_context, ids) => Prisma.sql`SELECT ${columns} FROM users u WHERE u.id = ANY (${ids}::int[])`)

/** Who made or changed a row that the viewer may read; null for nobody, and for an account that is gone. */
export function author(context: Context, id: number | null): Promise<PersonRow | null> | null {
  return id === null ? null : authors(context).load(id)
}

/** The same as JSON, for a statement that reads such a row. */
export function authorAsJson(id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT to_json(person) FROM (SELECT ${columns} FROM users u WHERE u.id = ${id}) AS person)`
}
