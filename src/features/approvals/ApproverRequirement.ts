import { builder } from '../../graphql/builder.ts'
import { loadUsers } from '../users/data/userLoader.ts'
import { Role, rolesById } from '../users/Role.ts'
import { User } from '../users/User.ts'
import type { PolicySnapshot } from './rules/policySnapshot.ts'

export const ApproverRequirement = builder.objectRef<PolicySnapshot>('ApproverRequirement').implement({
  description:
    'Who must approve a change, as the policy was when the request was made. Any valid key that can read the request can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    quorum: t.exposeInt('quorum', { description: 'The number of approvals that are needed.' }),
    users: t.field({
      type: [User],
      description: 'The people who may approve. Accounts that are gone are left out.',
      resolve: ({ users }, _args, context) => loadUsers(context, users),
    }),
    roles: t.field({
      type: [Role],
      description: 'The roles whose present members may approve. Roles that are gone are left out.',
      resolve: ({ roles }, _args, context) => rolesById(context, roles),
    }),
    selfApprovalAllowed: t.exposeBoolean('allowSelfApprove', { description: 'Whether an approver may vote on their own request.' }),
  }),
})
