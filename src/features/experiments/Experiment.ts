import { Prisma } from '../../database/generated/client.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { prefetchable } from '../../graphql/prefetch.ts'
import { integerIdPattern, nodeIdPatterns } from '../../platform/globalId.ts'
import { activityField } from '../activityLog/activityField.ts'
import { pendingChangeRequestsField } from '../approvals/changeRequestConnection.ts'
import { flagField } from '../featureFlags/data/flagField.ts'
import { flagStageLoader } from '../featureFlags/data/flagLoaders.ts'
import { servedVariantLoader } from '../featureFlags/data/servedVariantLoader.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { Project } from '../projects/Project.ts'
import { userField } from '../users/data/userLoader.ts'
import { User } from '../users/User.ts'
import { type ExperimentRow, experimentLoader, loadDefinition, reloadExperiment } from './data/experimentLoaders.ts'
import { baselineKeyOf, excludedKeysOf } from './rules/baseline.ts'
import { type FlagStage, getExperimentStatus, type ExperimentStatus as Status } from './rules/status.ts'

nodeIdPatterns.set('Experiment', integerIdPattern)

export const ExperimentType = builder.enumType('ExperimentType', {
  description: 'How an experiment makes its changes.',
  values: {
    WEB: { value: 'web', description: 'The experiment changes a web page without code.' },
    PRODUCT: { value: 'product', description: 'The experiment changes the code of the product, behind the flag.' },
  } as const,
})

export const ExperimentStatus = builder.enumType('ExperimentStatus', {
  description: 'The stage of an experiment.',
  values: {
    DRAFT: { description: 'Not launched. The experiment has no start date.' },
    RUNNING: { description: 'Launched and not ended. Its flag is on.' },
    PAUSED: { description: 'Launched and not ended. Its flag is off.' },
    EXPOSURE_FROZEN: {
      description:
        'Launched and not ended. Its flag is on, and each condition set only lets in people who were exposed before the freeze. People who ' +
        'are in keep their variant. Nobody new comes in.',
    },
    STOPPED: { description: 'Ended. The experiment has a start date and an end date.' },
  } as const,
})

export const ExperimentConclusion = builder.enumType('ExperimentConclusion', {
  description: 'The outcome of an experiment.',
  values: {
    WON: { value: 'won', description: 'A test variant performed better than the baseline.' },
    LOST: { value: 'lost', description: 'The baseline performed better.' },
    INCONCLUSIVE: { value: 'inconclusive', description: 'The experiment showed no difference.' },
    STOPPED_EARLY: { value: 'stopped_early', description: 'The experiment was ended before it had a result.' },
    INVALID: { value: 'invalid', description: 'The experiment was flawed. Its numbers are meaningless.' },
  } as const,
})

export const Experiment = builder.loadableNodeRef('Experiment', {
  id: { resolve: (experiment) => experiment.id, parse: Number },
  load: async (ids: number[], context: Context): Promise<ExperimentRow[]> => {
    // The scope is checked first, so that a key without it cannot find out which experiments exist.
    requireScope(context, 'experiment:read')
    const rows = await Promise.all(ids.map((id) => experimentLoader(context).load(id)))
    return rows.filter((row) => row !== null)
  },
  toKey: (experiment) => experiment.id,
  sort: true,
})

/** The options that the mutations of experiments share. */
export const experimentMutation = { type: Experiment, scope: 'experiment:write', reload: reloadExperiment } as const

const off: FlagStage = { active: false, exposureFrozen: false }

// The flag is read only for an experiment that has started and not ended. No other status depends on it.

const flagStageJson = Prisma.sql`CASE WHEN page."startDate" IS NOT NULL AND page."endDate" IS NULL THEN (
    SELECT json_build_object('active', f.active, 'exposureFrozen', f.exposure_frozen) FROM feature_flags f WHERE f.id = page."featureFlagId"
  ) END`

async function loadStatus(context: Context, experiment: ExperimentRow): Promise<Status> {
  const statusIfOff = getExperimentStatus(experiment, off)
  if (statusIfOff !== 'PAUSED') return statusIfOff
  return getExperimentStatus(experiment, (await flagStageLoader(context).load(experiment.featureFlagId)) ?? off)
}

Experiment.implement({
  description:
    'A test that compares the variants of a flag by metrics. Needs a key with the scope `experiment:read`. A deleted experiment cannot be read.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    databaseId: t.exposeInt('id', { description: "The experiment's number, as in the URLs of the REST API." }),
    project: t.field({
      type: Project,
      description: 'The project of the experiment.',
      select: ['projectId'],
      resolve: (experiment) => experiment.projectId,
    }),
    name: t.exposeString('name', { description: 'The display name: at most 400 characters, not unique.' }),
    description: t.exposeString('description', {
      nullable: true,
      description:
        'The purpose of the experiment: at most 3,000 characters. Empty when none was given. Null when it was cleared, or imported so.',
    }),
    type: t.expose('type', { type: ExperimentType, description: 'How the experiment makes its changes.' }),
    status: t.field({
      type: ExperimentStatus,
      description:
        'The stage of the experiment. It follows from the dates and, after the launch and before the end, from the flag: PAUSED while it is ' +
        'off, otherwise EXPOSURE_FROZEN while each of its condition sets is frozen.',
      ...prefetchable<ExperimentRow, object, FlagStage | null, Status>({
        select: ['startDate', 'endDate', 'featureFlagId'],
        sql: () => ({ json: flagStageJson }),
        fromJson: (stage, experiment) => getExperimentStatus(experiment, stage ?? off),
        load: (experiment, _args, context) => loadStatus(context, experiment),
      }),
    }),
    featureFlag: t.field({
      type: FeatureFlag,
      description:
        'The flag that assigns people to variants. Several experiments may share a flag. Also needs the scope `feature_flag:read`. ' +
        'Without it, leave the field out: its error makes the nearest nullable parent null.',
      ...flagField('featureFlagId'),
    }),
    startDate: t.expose('startDate', {
      type: 'DateTime',
      nullable: true,
      description: 'When the experiment was launched. Null for a draft.',
    }),
    endDate: t.expose('endDate', { type: 'DateTime', nullable: true, description: 'When the experiment was ended. Null before that.' }),
    archived: t.exposeBoolean('archived', {
      description: 'Whether the experiment is archived. `stats` does not count archived experiments.',
    }),
    conclusion: t.expose('conclusion', {
      type: ExperimentConclusion,
      nullable: true,
      description: 'The outcome. Null until a user sets it.',
    }),
    conclusionComment: t.exposeString('conclusionComment', {
      nullable: true,
      description: 'The reasons for the conclusion: at most 4,000 characters. Null when none is stored.',
    }),
    parameters: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'The settings, in the form of the REST API: variants, payloads, rollout, prompt metadata and more. Null when an import had none. The ' +
        'variants, the payloads and the rollout are copies from the last write of this experiment. Those of `featureFlag` are in force.',
      select: [],
      resolve: async ({ id }, _args, context) => (await loadDefinition(context, id)).parameters,
    }),
    metrics: t.field({
      type: ['JSON'],
      listSize: shortListSize,
      deprecationReason: 'Use `primaryMetrics`, which are typed and have the saved metrics among them. `raw` shows each as it is here.',
      description: 'The primary metrics of its own, in the form of the REST API. Empty when there are none.',
      select: [],
      resolve: async ({ id }, _args, context) => toMetricList((await loadDefinition(context, id)).metrics),
    }),
    metricsSecondary: t.field({
      type: ['JSON'],
      listSize: shortListSize,
      deprecationReason: 'Use `secondaryMetrics`, which are typed and have the saved metrics among them. `raw` shows each as it is here.',
      description: 'The secondary metrics of its own, in the form of the REST API. Empty when there are none.',
      select: [],
      resolve: async ({ id }, _args, context) => toMetricList((await loadDefinition(context, id)).metricsSecondary),
    }),
    statsConfig: t.field({
      type: 'JSON',
      nullable: true,
      deprecationReason: 'Use `statistics` and `baselineVariantKey`, which are typed. `statistics.raw` shows what this does.',
      description:
        'How the results are computed: the statistical method, its confidence level and the baseline variant. Null, and a missing key, stand ' +
        'for the default.',
      select: [],
      resolve: async ({ id }, _args, context) => (await loadDefinition(context, id)).statsConfig,
    }),
    baselineVariantKey: t.string({
      description:
        'The key of the variant that the others are compared to: the one that the experiment names, or `control`. The flag may lack it: ' +
        'then the experiment cannot be launched.',
      select: [],
      resolve: async ({ id }, _args, context) => baselineKeyOf((await loadDefinition(context, id)).statsConfig),
    }),
    excludedVariantKeys: t.stringList({
      listSize: shortListSize,
      description: 'The keys of the variants that results leave out. Empty when results have all variants.',
      select: [],
      resolve: async ({ id }, _args, context) => excludedKeysOf((await loadDefinition(context, id)).parameters),
    }),
    shippedVariantKey: t.string({
      nullable: true,
      description:
        'The key of the variant that everybody gets: the flag is on and serves one variant to everybody, as after `shipExperimentVariant` ' +
        'with `releaseToEveryone`. Holdouts are left out. Null in all other cases.',
      select: ['featureFlagId'],
      resolve: async ({ featureFlagId }, _args, context) => (await servedVariantLoader(context).load(featureFlagId))?.key ?? null,
    }),
    exposureCriteria: t.field({
      type: 'JSON',
      nullable: true,
      deprecationReason: 'Use `exposure`, which is typed. `exposure.raw` shows what this does.',
      description: 'The rules for which people count as exposed to the experiment. Null, and a missing key, stand for the default.',
      select: [],
      resolve: async ({ id }, _args, context) => (await loadDefinition(context, id)).exposureCriteria,
    }),
    createdBy: t.field({
      type: User,
      nullable: true,
      description: 'The user who created the experiment. Null when the account no longer exists.',
      ...userField('createdById'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the experiment was created.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the experiment was last changed.' }),
  }),
})

/** Returns a column of metrics as a list. Old rows may hold null in place of the list, or of a metric. */
export function toMetricList(metrics: unknown): unknown[] {
  return Array.isArray(metrics) ? metrics.filter((metric) => metric !== null) : []
}

activityField(Experiment, Prisma.sql`a.experiment_id`, 'The activity entries of this experiment')

// The change requests of the experiment, those of its flag, and those of its holdout.
pendingChangeRequestsField(
  Experiment,
  {
    from: Prisma.sql`(
      SELECT r.*, e.id AS concerned FROM change_requests r JOIN experiments e
      ON e.feature_flag_id = r.feature_flag_id AND (r.resource_type = 'FEATURE_FLAG' OR r.resource_id = e.id)
      UNION ALL
      SELECT r.*, e.id FROM change_requests r JOIN experiments e
      ON e.project_id = r.project_id AND r.resource_type = 'EXPERIMENT_HOLDOUT' AND r.resource_id = e.holdout_id
    ) AS c`,
    parent: Prisma.sql`c.concerned`,
  },
  'The open change requests for this experiment, its flag or its holdout, the newest first. Needs a key with the scope `approvals:read`. ' +
    'Without it, leave the field out: its error makes the nearest nullable parent null.',
)
