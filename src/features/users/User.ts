import { visibleUsers } from '../../auth/visibility.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { userColumns } from './data/userLoader.ts'

export const User = nodeRef('User', (context, ids) =>
  context.db.user.findMany({ where: { id: { in: ids }, AND: visibleUsers(requireViewer(context)) }, select: userColumns }),
)

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
