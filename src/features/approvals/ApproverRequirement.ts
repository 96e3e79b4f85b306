import { builder } from '../../graphql/builder.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { Role, rolesById } from '../users/Role.ts'
import { User } from '../users/User.ts'
import type { PolicySnapshot } from './rules/policySnapshot.ts'

export const ApproverRequirement = builder
  .objectRef<Pick<PolicySnapshot, 'quorum' | 'users' | 'roles' | 'allowSelfApprove'>>('ApproverRequirement')
  .implement({
    description: 'Whose consent a change needs, as the policy said when the request was made. Any valid key that can read the request.',
    authScopes: { authenticated: true },
    fields: (t) => ({
      quorum: t.exposeInt('quorum', { description: 'How many have to approve.' }),
      users: t.field({
        type: [User],
        description: 'The people it names; accounts that are gone are left out.',
        resolve: async ({ users }, _args, context) =>
          (await Promise.all(users.map((id) => loadUser(context, id)))).filter((user) => user !== null),
      }),
      roles: t.field({
        type: [Role],
        description: 'The roles it names, whose present holders may vote; roles that are gone are left out.',
        resolve: ({ roles }, _args, context) => rolesById(context, roles),
      }),
      selfApprovalAllowed: t.exposeBoolean('allowSelfApprove', { description: 'Whether an approver may vote on their own request.' }),
    }),
  })
