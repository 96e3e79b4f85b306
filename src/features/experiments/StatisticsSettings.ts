import { builder } from '../../graphql/builder.ts'
import { readStatistics, type StatisticsInForce } from '../metrics/rules/statistics.ts'
import { projectLoader } from '../projects/Project.ts'
import { loadDefinition } from './data/experimentLoaders.ts'
import { Experiment } from './Experiment.ts'
import { hasLegacyMetrics } from './rules/metrics.ts'
import { StatisticsMethod } from './StatisticsMethod.ts'

const StatisticsSettings = builder.objectRef<StatisticsInForce & { raw: unknown }>('StatisticsSettings').implement({
  description: 'How results are computed: the settings in force. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    method: t.expose('method', { type: StatisticsMethod, description: 'The statistical method.' }),
    confidenceLevel: t.exposeFloat('confidenceLevel', {
      description: 'The level of the intervals, between 0 and 1. The `alpha` of the REST API is 1 less this.',
    }),
    cupedLookbackDays: t.exposeInt('cupedLookbackDays', {
      nullable: true,
      description: 'How many days before the exposure reduce the variance (CUPED): 1 to 30. Null: CUPED is off.',
    }),
    sequential: t.exposeBoolean('sequential', {
      description: 'Whether results may be looked at again and again. It matters only for `FREQUENTIST`.',
    }),
    ofProject: t.exposeBoolean('ofProject', {
      description: 'Whether the method or the level is taken from the settings of the project, because the experiment has none of its own.',
    }),
    raw: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The stored settings, in the form of the REST API. Null when none are stored.',
      resolve: ({ raw }) => raw,
    }),
  }),
})

builder.objectFields(Experiment, (t) => ({
  statistics: t.field({
    type: StatisticsSettings,
    description: 'How results are computed.',
    select: ['projectId'],
    resolve: async ({ id, projectId }, _args, context) => {
      const [{ statsConfig }, project] = await Promise.all([loadDefinition(context, id), projectLoader(context).load(projectId)])
      if (project === null) throw new Error(`Project ${projectId} of experiment ${id} was not found.`)
      return { ...readStatistics(statsConfig, project), raw: statsConfig }
    },
  }),
  onlyCountMaturedPersons: t.exposeBoolean('onlyCountMaturedUsers', {
    description: 'Whether people count only after the conversion window of a metric has passed for them.',
  }),
  tags: t.exposeStringList('tags', { description: 'Labels that the organization chooses.' }),
  legacy: t.boolean({
    description: 'Whether the experiment has metrics of the old engine. It then takes few changes, and cannot be duplicated or copied.',
    select: [],
    resolve: async ({ id }, _args, context) => hasLegacyMetrics(await loadDefinition(context, id)),
  }),
}))
