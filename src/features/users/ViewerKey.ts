import type { Viewer } from '../../auth/viewer.ts'
import { builder } from '../../graphql/builder.ts'
import type { OperationRateLimit } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { Project, projectLoader } from '../projects/Project.ts'
import { Organization } from './Organization.ts'

const RateLimit = builder.objectRef<OperationRateLimit>('RateLimit').implement({
  description: 'What this operation costs the key, and what it has left. Any valid key can read it.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    limit: t.exposeInt('limit', {
      nullable: true,
      description: 'The points of cost that the key may use in a minute. Null when the server has no such limit.',
    }),
    remaining: t.exposeInt('remaining', {
      nullable: true,
      description: 'The points that are left after this operation, 0 at least. Null when the server has no such limit.',
    }),
    resetAt: t.expose('resetAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the key has all its points again. Null when the server has no such limit.',
    }),
    cost: t.exposeInt('cost', { description: 'The points that this operation costs, as computed before it runs.' }),
  }),
})

export const ViewerKey = builder.objectRef<Viewer>('ViewerKey').implement({
  description: 'The key of the request. Any valid key can read it about itself.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    mask: t.exposeString('keyMask', { description: 'The first and last four characters of the key.' }),
    label: t.string({
      nullable: true,
      description: 'The name that its owner gave the key. Null when it is empty.',
      resolve: ({ keyLabel }) => keyLabel || null,
    }),
    scopes: t.stringList({
      description: 'The scopes of the key, such as `experiment:read`, or `*` for all. A `write` scope includes `read`.',
      resolve: ({ scopes }) => [...scopes].sort(),
    }),
    onlyProjects: t.field({
      type: [Project],
      nullable: true,
      listSize: shortListSize,
      description:
        'The projects that the key is restricted to, less those that its owner cannot see any more. Null when it is not restricted.',
      resolve: async ({ scopedProjects }, _args, context) => {
        if (scopedProjects.length === 0) return null
        const projects = await Promise.all(scopedProjects.map((id) => projectLoader(context).load(id)))
        return projects.filter((project) => project !== null)
      },
    }),
    onlyOrganizations: t.field({
      type: [Organization],
      nullable: true,
      authScopes: { scope: 'organization_member:read' },
      listSize: shortListSize,
      description:
        'The organizations that the key is restricted to, less those that its owner cannot see any more. Null when it is not restricted. ' +
        'Needs a key with the scope `organization_member:read` (`FORBIDDEN` otherwise).',
      resolve: async ({ scopedOrganizations }, _args, context) => {
        if (scopedOrganizations.length === 0) return null
        const organizations = await Organization.getDataloader(context).loadMany([...scopedOrganizations])
        return organizations.filter((organization) => organization !== null && !(organization instanceof Error)) as never
      },
    }),
    rateLimit: t.field({
      type: RateLimit,
      description: 'What this operation costs the key, and what it has left.',
      resolve: (_key, _args, { rateLimit }) => rateLimit ?? { cost: 0, limit: null, remaining: null, resetAt: null },
    }),
  }),
})
