import { adminLevel, membershipLevel } from '../../auth/membershipLevel.ts'
import type { Project as ProjectRow } from '../../database/generated/client.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { loaderByParent } from '../../graphql/dataLoaders.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { compareCodePoints } from '../../platform/text/compareCodePoints.ts'
import { EvaluationContext } from '../featureFlags/EvaluationContext.ts'
import { Project } from '../projects/Project.ts'
import { defaultConfidenceLevel, defaultStatisticsMethod } from './rules/projectSettings.ts'
import { StatisticsMethod } from './StatisticsMethod.ts'

/** Loads the default evaluation contexts of projects that the viewer may see. */
const defaultContextsLoader = loaderByParent(async ({ db }, projectIds) => {
  const contexts = await db.evaluationContext.findMany({
    where: { projectId: { in: projectIds }, isDefault: true },
    select: { id: true, name: true, projectId: true },
  })
  return contexts.map(({ id, name, projectId }) => ({ parentId: projectId, id, name }))
})

const ProjectSettings = builder.objectRef<ProjectRow>('ProjectSettings').implement({
  description:
    'The settings of a project for its flags and experiments. `updateProjectSettings` changes them. Needs a key with the scope `project:read`.',
  authScopes: { scope: 'project:read' },
  fields: (t) => ({
    statisticsMethod: t.field({
      type: StatisticsMethod,
      description: 'The statistical method of experiments without one of their own. `BAYESIAN` unless set.',
      resolve: ({ defaultExperimentStatsMethod: method }) => (method === 'frequentist' ? method : defaultStatisticsMethod),
    }),
    confidenceLevel: t.float({
      description: 'The confidence level of experiments without one of their own, as a share of 1. 0.95 unless set.',
      resolve: ({ defaultExperimentConfidenceLevel: level }) => (level === null ? defaultConfidenceLevel : Number(level)),
    }),
    onlyCountMaturedPersons: t.exposeBoolean('defaultOnlyCountMaturedUsers', {
      description: 'Whether new experiments count only persons whose time to convert has passed.',
    }),
    flagsPersistByDefault: t.exposeBoolean('flagsPersistenceDefault', {
      description: 'Whether people keep the values of new flags after login, where the flag does not say otherwise.',
    }),
    requireEvaluationContexts: t.exposeBoolean('requireEvaluationContexts', {
      description: 'Whether new flags must have an evaluation context. The default ones count.',
    }),
    requireTags: t.exposeBoolean('requireTags', { description: 'Whether new flags must have a tag.' }),
    defaultEvaluationContexts: t.field({
      type: [EvaluationContext],
      listSize: shortListSize,
      description:
        'The evaluation contexts of new flags that name none, by name. Needs the scope `feature_flag:read` too. Without it, leave the field out.',
      resolve: async ({ id }, _args, context) => {
        const contexts = await defaultContextsLoader(context).load(id)
        return contexts.toSorted((a, b) => compareCodePoints(a.name, b.name)).map((each) => each.id)
      },
    }),
    testAccountFilters: t.expose('testAccountFilters', {
      type: 'JSON',
      description:
        'The property filters that match people who test the product, in the form of the REST API: a list. Experiments leave out these ' +
        'people if their exposure says so.',
    }),
    matchingVersion: t.exposeInt('matchingVersion', {
      description:
        'How `EXACT` compares texts with booleans: 1, by truth, or 2, as texts. Flags are evaluated by it from the next time on.',
    }),
    viewerCanUpdate: t.boolean({
      description:
        'Whether the viewer is an admin or owner of the organization, and so may change the settings. The key needs `project:write` too.',
      resolve: ({ organizationId }, _args, context) => (membershipLevel(requireViewer(context), organizationId) ?? 0) >= adminLevel,
    }),
  }),
})

builder.objectField(Project, 'settings', (t) =>
  t.field({
    type: ProjectSettings,
    nullable: true,
    authScopes: { scope: 'project:read' },
    description:
      'The settings for flags and experiments. Needs a key with the scope `project:read`. Without it, only this field fails, with `FORBIDDEN`.',
    resolve: (project) => project,
  }),
)
