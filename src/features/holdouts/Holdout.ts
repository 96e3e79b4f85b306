import { hasScope } from '../../auth/scopes.ts'
import { requireScope, requireViewer } from '../../graphql/authorization.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { Project } from '../projects/Project.ts'
import { loadUser } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { holdoutLoader, reloadHoldout } from './data/holdoutLoaders.ts'
import { exclusionPercentage } from './rules/holdoutFilters.ts'

export const Holdout = nodeRef('Holdout', (context, ids) => {
  // Checked before the rows are read, so that a key without the scope does not learn which ids exist.
  requireScope(context, 'experiment:read')
  return Promise.all(ids.map((id) => holdoutLoader(context).load(id)))
})

/** The options that the mutations of holdouts share. */
export const holdoutMutation = { type: Holdout, scope: 'experiment:write', reload: reloadHoldout } as const

Holdout.implement({
  description:
    'A share of people who are kept out of experiments, to compare them with everybody else later. They get the variant `holdout-` and its ' +
    'number. The same people are in all holdouts: a larger one contains a smaller one. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The holdout's number, as in the URLs of the REST API." }),
    project: t.field({ type: Project, description: 'The project of the holdout.', resolve: ({ projectId }) => projectId }),
    name: t.exposeString('name', { description: 'The display name: at most 400 characters, not unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What the holdout is for: at most 400 characters. Null when there is none.',
    }),
    exclusionPercentage: t.float({
      description:
        'The share of people who are kept out, in percent: 0 to 100. It is 0 when none is stored, and when the stored one is malformed.',
      resolve: ({ filters }) => exclusionPercentage(filters) ?? 0,
    }),
    filters: t.expose('filters', {
      type: 'JSON',
      description: 'The rules of the holdout, in the form of the REST API: a list, whose first entry has the percentage.',
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The user who created the holdout. Null when the account no longer exists, and after an import.',
      resolve: ({ createdById }, _args, context) => loadUser(context, createdById),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the holdout was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the holdout was last changed.' }),
    viewerCanUpdate: t.boolean({
      description: 'Whether the key may change the holdout: it holds the scope `experiment:write`. A policy may still require approval.',
      resolve: (_holdout, _args, context) => hasScope(requireViewer(context).scopes, 'experiment:write'),
    }),
  }),
})
