import { requireViewer } from '../auth/require.ts'
import { visibleUsers } from '../auth/viewer.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { columnsOf } from '../db/columns.ts'
import { Prisma, type User as UserRow } from '../db/generated/client.ts'
import { sharedLoaderById } from '../db/loaders.ts'
import { isStorableId, nodeTypes, serialId } from '../globalId.ts'

nodeTypes.set('User', serialId)

export const User = builder.loadableNodeRef('User', {
  id: { resolve: (user) => user.id, parse: Number },
  load: (ids: number[], context: Context): Promise<UserRow[]> => {
    return context.db.user.findMany({ where: { id: { in: ids.filter(isStorableId) }, AND: visibleUsers(requireViewer(context)) } })
  },
  toKey: (user) => user.id,
  sort: true,
})

User.implement({
  description:
    'A person. Any valid key can read the people of the organizations it works in, and whoever made something that the viewer may read, ' +
    'also after that person left.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The person's number, as the REST API prints it." }),
    firstName: t.exposeString('firstName', { description: "The person's first name; may be empty." }),
    email: t.exposeString('email', { description: "The person's e-mail address." }),
  }),
})

const columns = columnsOf(Prisma.UserScalarFieldEnum, 'u')
const authors = sharedLoaderById<UserRow>((_context, ids) => Prisma.sql`SELECT ${columns} FROM users u WHERE u.id = ANY (${ids}::int[])`)

/** Who made or changed a row that the viewer may read; null for nobody, and for an account that is gone. */
export function author(context: Context, id: number | null): Promise<UserRow | null> | null {
  return id === null ? null : authors(context).load(id)
}
