import { visibleOrganizationIds, visibleProjects } from '../../auth/visibility.ts'
import type { ActivityResourceType as ResourceType } from '../../commands/recordActivity.ts'
import type { Activity } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { integerIdPattern, isInt4, nodeIdPatterns } from '../../platform/globalId.ts'
import { Project } from '../projects/Project.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { Organization } from '../users/Organization.ts'
import { User } from '../users/User.ts'
import { ActivityResourceType } from './enums.ts'
import { loadResource } from './resourceNode.ts'

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
    project: t.field({
      type: Project,
      nullable: true,
      description: 'The project of the change. Null for what applies to the whole organization, as some policies do.',
      resolve: (entry) => entry.projectId,
    }),
    organization: t.field({
      type: Organization,
      nullable: true,
      description:
        'The organization of the change. Null when the viewer may not see it. Needs a key with the scope `organization_member:read` ' +
        '(`FORBIDDEN` otherwise).',
      resolve: (entry) => entry.organizationId,
    }),
    resourceType: t.field({
      type: ActivityResourceType,
      nullable: true,
      description: 'The type of the thing that the entry is about. Null when an older entry does not tell.',
      resolve: (entry) => entry.resourceType as ResourceType | null,
    }),
    resourceName: t.exposeString('resourceName', {
      nullable: true,
      description:
        'What the thing was called then, before the change: the key of a flag, the action of a policy, and otherwise the name. Of a change ' +
        'request, it is what the change is about. Null in older entries.',
    }),
    resource: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description:
        'The thing as it is now: for settings, their project. Null when it is gone, was yet to be created, or the viewer may not see it. ' +
        'Needs the scope with which `node` reads it (`FORBIDDEN` otherwise).',
      resolve: loadResource,
    }),
    detail: t.exposeString('detail', {
      description: 'What the values do not say: a reason, or the right that allowed a bypass. May be empty.',
    }),
    before: t.expose('before', { type: 'JSON', description: 'The changed values, before the change. Secrets are left out.' }),
    after: t.expose('after', { type: 'JSON', description: 'The changed values, after the change. Secrets are left out.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was done.' }),
  }),
})
