import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { MetricRole } from '../metrics/enums.ts'
import { ExperimentMetric, type ShownMetric, showSavedMetric } from '../metrics/Metric.ts'
import { inDisplayOrder } from '../metrics/rules/metricOrder.ts'
import { parseMetric } from '../metrics/rules/parseMetric.ts'
import { SavedMetric } from '../metrics/SavedMetric.ts'
import { type ExperimentRow, loadDefinition } from './data/experimentLoaders.ts'
import { type MetricRole as Role, roleOf, savedMetricUseLoader, type SavedMetricUse as Use } from './data/savedMetricUses.ts'
import { Experiment, toMetricList } from './Experiment.ts'

const SavedMetricUse = builder.objectRef<Use>('SavedMetricUse').implement({
  description: 'A saved metric that an experiment uses. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    savedMetric: t.field({ type: SavedMetric, description: 'The saved metric.', resolve: (use) => use }),
    role: t.field({ type: MetricRole, description: 'Its place in the experiment.', resolve: ({ linkMetadata }) => roleOf(linkMetadata) }),
  }),
})

/** The metrics of an experiment with a role, its own and the saved ones, in display order. */
async function loadMetrics(context: Context, { id, projectId }: Pick<ExperimentRow, 'id' | 'projectId'>, role: Role) {
  const [definition, uses] = await Promise.all([loadDefinition(context, id), savedMetricUseLoader(context).load(id)])
  const [stored, order] =
    role === 'primary'
      ? [definition.metrics, definition.primaryMetricsOrderedUuids]
      : [definition.metricsSecondary, definition.secondaryMetricsOrderedUuids]
  const own = toMetricList(stored).map((metric): ShownMetric => ({ projectId, metric: parseMetric(metric), savedMetric: null }))
  const saved = uses.filter(({ linkMetadata }) => roleOf(linkMetadata) === role).map(showSavedMetric)
  return inDisplayOrder([...own, ...saved], order)
}

const listText = 'in display order: its own and the saved ones. Empty when there are none.'

builder.objectFields(Experiment, (t) => ({
  primaryMetrics: t.field({
    type: [ExperimentMetric],
    listSize: shortListSize,
    description: `The metrics that decide the experiment, ${listText}`,
    select: ['projectId'],
    resolve: async (experiment, _args, context) => (await loadMetrics(context, experiment, 'primary')) as never[],
  }),
  secondaryMetrics: t.field({
    type: [ExperimentMetric],
    listSize: shortListSize,
    description: `The metrics that are watched beside the primary ones, ${listText}`,
    select: ['projectId'],
    resolve: async (experiment, _args, context) => (await loadMetrics(context, experiment, 'secondary')) as never[],
  }),
  savedMetrics: t.field({
    type: [SavedMetricUse],
    listSize: shortListSize,
    description: 'The saved metrics that the experiment uses, in the order of their numbers. They are among the metrics above.',
    select: [],
    resolve: ({ id }, _args, context) => savedMetricUseLoader(context).load(id),
  }),
}))
