import { visibleUsers } from '../../auth/visibility.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { integerIdPattern, isInt4, nodeIdPatterns } from '../../platform/globalId.ts'
import { type UserRow, userColumns } from './data/userLoader.ts'

nodeIdPatterns.set('User', integerIdPattern)

export const User = builder.loadableNodeRef('User', {
  id: { resolve: (user) => user.id, parse: Number },
  load: (ids: number[], context: Context): Promise<UserRow[]> => {
    return context.db.user.findMany({
      where: { id: { in: ids.filter(isInt4) }, AND: visibleUsers(requireViewer(context)) },
      select: userColumns,
    })
  },
  toKey: (user) => user.id,
  sort: true,
})

User.implement({
  description:
    'A person. Any valid key can read the people of the organizations that it can access. It can also read the people who made something ' +
    'that the viewer may read, even after they left.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The person's number, as the REST API prints it." }),
    firstName: t.exposeString('firstName', { description: "The person's first name; may be empty." }),
    email: t.exposeString('email', { description: "The person's e-mail address." }),
  }),
})
