import { visibleOrganizationIds, visibleProjects } from '../../auth/visibility.ts'
import type { Activity } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { integerIdPattern, isInt4, nodeIdPatterns } from '../../platform/globalId.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'

nodeIdPatterns.set('ActivityEntry', integerIdPattern)

export const ActivityEntry = builder.loadableNodeRef('ActivityEntry', {
  id: { resolve: (entry) => entry.id, parse: Number },
  load: (ids: number[], context: Context): Promise<Activity[]> => {
    const viewer = requireScope(context, 'activity_log:read')
    const organizationFilter =
      viewer.scopedProjects.length > 0 ? [] : [{ projectId: null, organizationId: { in: visibleOrganizationIds(viewer) } }]
    const where = { id: { in: ids.filter(isInt4) }, OR: [{ project: visibleProjects(viewer) }, ...organizationFilter] }
    return context.db.activity.findMany({ where })
  },
  toKey: (entry) => entry.id,
  sort: true,
})

ActivityEntry.implement({
  description:
    'An entry of the audit trail: one write, vote, bypass or policy change. Entries never change. Needs a key with the scope `activity_log:read`.',
  authScopes: { scope: 'activity_log:read' },
  fields: (t) => ({
    activity: t.exposeString('activity', {
      description: 'What was done: the name of the mutation, `requestChange`, `bypassPolicy` or `expireChangeRequest`.',
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The person in whose name it was done. Null when a job did it, and when the account is gone.',
      resolve: (entry, _args, context) => loadUser(context, entry.userId),
    }),
    keyMask: t.exposeString('keyMask', {
      nullable: true,
      description:
        'The first and last four characters of the API key that was used. Null when no key was used, as when a change request is applied.',
    }),
    detail: t.exposeString('detail', {
      description: 'What the values do not say: a reason, or the right that allowed a bypass. May be empty.',
    }),
    before: t.expose('before', { type: 'JSON', description: 'The changed values, before the change. Secrets are left out.' }),
    after: t.expose('after', { type: 'JSON', description: 'The changed values, after the change. Secrets are left out.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was done.' }),
  }),
})
