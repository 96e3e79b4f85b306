import { Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { integerIdPattern, nodeIdPatterns } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { pendingChangeRequestsField } from '../approvals/changeRequestConnection.ts'
import { flagActiveLoader } from '../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { Project } from '../projects/Project.ts'
import { userField } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { type ExperimentRow, experimentLoader, loadDefinition } from './data/experimentLoaders.ts'
import { getExperimentStatus, type ExperimentStatus as Status } from './rules/status.ts'

nodeIdPatterns.set('Experiment', integerIdPattern)

export const ExperimentType = builder.enumType('ExperimentType', {
  description: 'How an experiment changes what people see.',
  values: {
    WEB: { value: 'web', description: 'Changes of a web page, made without code.' },
    PRODUCT: { value: 'product', description: 'Changes in the code, behind the flag.' },
  } as const,
})

export const ExperimentStatus = builder.enumType('ExperimentStatus', {
  description: 'Where an experiment stands.',
  values: {
    DRAFT: { description: 'Not launched: it has no start date.' },
    RUNNING: { description: 'Launched and not ended, with its flag on.' },
    PAUSED: { description: 'Launched and not ended, with its flag off.' },
    STOPPED: { description: 'Ended: it has a start and an end date.' },
  } as const,
})

export const ExperimentConclusion = builder.enumType('ExperimentConclusion', {
  description: 'What came out of an experiment.',
  values: {
    WON: { value: 'won', description: 'A test variant did better than the baseline.' },
    LOST: { value: 'lost', description: 'The baseline did better.' },
    INCONCLUSIVE: { value: 'inconclusive', description: 'No difference could be shown.' },
    STOPPED_EARLY: { value: 'stopped_early', description: 'It was ended before it could tell.' },
    INVALID: { value: 'invalid', description: 'Something was wrong with it; its numbers mean nothing.' },
  } as const,
})

export const Experiment = builder.loadableNodeRef('Experiment', {
  id: { resolve: (experiment) => experiment.id, parse: Number },
  load: async (ids: number[], context: Context): Promise<ExperimentRow[]> => {
    // Asked before the rows are: who may read no experiments learns nothing of which there are.
    requireScope(context, 'experiment:read')
    const rows = await Promise.all(ids.map((id) => experimentLoader(context).load(id)))
    return rows.filter((row) => row !== null)
  },
  toKey: (experiment) => experiment.id,
  sort: true,
})

async function loadStatus(context: Context, experiment: ExperimentRow): Promise<Status> {
  // Only a running experiment needs to know about its flag.
  const statusIfActive = getExperimentStatus(experiment, true)
  if (statusIfActive !== 'RUNNING') return statusIfActive
  return getExperimentStatus(experiment, (await flagActiveLoader(context).load(experiment.featureFlagId))?.active ?? false)
}

Experiment.implement({
  description:
    'A comparison of the variants of a flag by metrics. Needs a key with the scope `experiment:read`. A deleted experiment cannot be read.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The experiment's number, as it stands in the REST API's URLs." }),
    project: t.field({
      type: Project,
      description: 'The project it belongs to.',
      select: ['projectId'],
      resolve: (experiment) => experiment.projectId,
    }),
    name: t.exposeString('name', { description: 'What people call it: at most 400 characters, not unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is about: at most 3,000 characters; may be empty.',
    }),
    type: t.expose('type', { type: ExperimentType, description: 'How it changes what people see.' }),
    status: t.field({
      type: ExperimentStatus,
      description: 'Where it stands, told by its dates and, while it runs, by whether its flag is on.',
      select: ['startDate', 'endDate', 'featureFlagId'],
      resolve: (experiment, _args, context) => loadStatus(context, experiment),
    }),
    featureFlag: t.field({
      type: FeatureFlag,
      description:
        'The flag that splits people into its variants. Experiments may share one. Also needs the scope `feature_flag:read`; without it ' +
        'the null rises to the list the experiment stands in, so do not select it then.',
      select: ['featureFlagId'],
      resolve: (experiment) => experiment.featureFlagId,
    }),
    startDate: t.expose('startDate', { type: 'DateTime', nullable: true, description: 'When it was launched; null for a draft.' }),
    endDate: t.expose('endDate', { type: 'DateTime', nullable: true, description: 'When it was ended; null before that.' }),
    archived: t.exposeBoolean('archived', { description: 'Whether it is put away; archived experiments are not counted in `stats`.' }),
    conclusion: t.expose('conclusion', {
      type: ExperimentConclusion,
      nullable: true,
      description: 'What came out of it; null until somebody says.',
    }),
    conclusionComment: t.exposeString('conclusionComment', {
      nullable: true,
      description: 'Why that is the conclusion: at most 4,000 characters.',
    }),
    parameters: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Its settings as the REST API has them: variants, payloads, rollout, prompt metadata and more.',
      select: [],
      resolve: async ({ id }, _args, context) => (await loadDefinition(context, id)).parameters,
    }),
    metrics: t.field({
      type: ['JSON'],
      description: 'Its primary metrics, as the REST API has them; empty when there are none.',
      select: [],
      resolve: async ({ id }, _args, context) => toMetricList((await loadDefinition(context, id)).metrics),
    }),
    metricsSecondary: t.field({
      type: ['JSON'],
      description: 'Its secondary metrics, as the REST API has them; empty when there are none.',
      select: [],
      resolve: async ({ id }, _args, context) => toMetricList((await loadDefinition(context, id)).metricsSecondary),
    }),
    statsConfig: t.field({
      type: 'JSON',
      nullable: true,
      description: 'How it is evaluated: the statistical method, its confidence level, the baseline.',
      select: [],
      resolve: async ({ id }, _args, context) => (await loadDefinition(context, id)).statsConfig,
    }),
    exposureCriteria: t.field({
      type: 'JSON',
      nullable: true,
      description: 'Which people count as exposed to it.',
      select: [],
      resolve: async ({ id }, _args, context) => (await loadDefinition(context, id)).exposureCriteria,
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'Who made it; null when the account is gone.',
      ...userField('createdById'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
  }),
})

/** Old rows hold null where there is no metric. */
export function toMetricList(metrics: unknown): unknown[] {
  return Array.isArray(metrics) ? metrics.filter((metric) => metric !== null) : []
}

activityField(Experiment, Prisma.sql`a.experiment_id`, 'What was done to this experiment')

// What was asked of the experiment, and what was asked of its flag.
pendingChangeRequestsField(
  Experiment,
  {
    from: Prisma.sql`change_requests c JOIN experiments e
    ON e.feature_flag_id = c.feature_flag_id AND (c.resource_type = 'FEATURE_FLAG' OR c.resource_id = e.id)`,
    parent: Prisma.sql`e.id`,
  },
  'The open requests that were asked of this experiment or of its flag, the newest first. Needs a key with the scope `approvals:read`; without ' +
    'it the null rises to the list the experiment stands in, so do not select it then.',
)
