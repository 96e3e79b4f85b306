import { hasScope } from '../../auth/scopes.ts'
import type { SavedMetric as SavedMetricRow } from '../../database/generated/client.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { asObject } from '../../platform/json.ts'
import { Project } from '../projects/Project.ts'
import { userField } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { savedMetricLoader } from './data/savedMetricLoader.ts'
import { isLegacyKind } from './rules/parseMetric.ts'

export const SavedMetric = nodeRef<SavedMetricRow>('SavedMetric', (context, ids) => {
  // The scope is checked first, so that a key without it cannot find out which metrics exist.
  requireScope(context, 'experiment:read')
  return Promise.all(ids.map((id) => savedMetricLoader(context).load(id)))
})

SavedMetric.implement({
  description: 'A metric that several experiments share. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The metric's number, as in the URLs of the REST API." }),
    project: t.field({ type: Project, description: 'The project of the metric.', resolve: ({ projectId }) => projectId }),
    name: t.exposeString('name', { description: 'The display name: at most 400 characters.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What the metric measures: at most 400 characters. Null when nothing is stored.',
    }),
    tags: t.exposeStringList('tags', { description: 'Labels that the organization chooses.' }),
    legacy: t.boolean({
      description: 'Whether it is a metric of the old engine. Such a metric can be read and deleted, but not linked.',
      resolve: ({ query }) => isLegacyKind(asObject(query)?.kind),
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The user who created the metric. Null when it is not known, or the account no longer exists.',
      ...userField('createdById'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the metric was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the metric was last changed.' }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the key may change the metric: it needs the scope `experiment:write`.',
      resolve: (_metric, _args, context) => hasScope(requireViewer(context).scopes, 'experiment:write'),
    }),
  }),
})
