import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { errorIf } from '../../../platform/fieldError.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { MetricRole } from '../../metrics/enums.ts'
import { isLegacyKind, metricUuid } from '../../metrics/rules/parseMetric.ts'
import { idInput } from '../../projects/inputIds.ts'
import { planLinks } from '../data/planLinks.ts'
import { hasRoomForMetric, legacyText, lockSavedMetrics, sameUuidText, tooManyText } from '../data/readDefinition.ts'
import { experimentMutation } from '../Experiment.ts'

defineMutation({
  ...experimentMutation,
  name: 'linkSavedMetric',
  description:
    'Adds a saved metric to an experiment, in the last place. If the experiment uses it already, it gets the role. An experiment has at most ' +
    '20 metrics.',
  errors: ['validation', 'invalidState'],
  inputDescription: 'The saved metric to add, and where.',
  input: (t) => ({
    experimentId: idInput(t, 'Experiment', 'The experiment', 'experimentId'),
    savedMetricId: idInput(t, 'SavedMetric', 'The saved metric, of the same project', 'savedMetricId'),
    role: t.field({ type: MetricRole, required: true, description: 'Its place in the experiment.' }),
  }),
  plan: (tx, actor, { experimentId, savedMetricId, role }) =>
    planLinks(tx, actor, experimentId, async (experiment, links) => {
      const [savedMetric] = await lockSavedMetrics(tx, experiment.projectId, [savedMetricId])
      if (savedMetric === undefined) throw new ResourceNotFoundError('Saved metric not found.')
      const stored = links.find((link) => link.savedMetric.id === savedMetricId)
      if (stored?.role === role) return { links }
      const uuid = metricUuid(savedMetric.query)
      const own = [...(asArray(experiment.metrics) ?? []), ...(asArray(experiment.metricsSecondary) ?? [])]
      const path = ['savedMetricId']
      assertValid([
        ...errorIf(isLegacyKind(asObject(savedMetric.query)?.kind), path, legacyText),
        ...errorIf(stored === undefined && !hasRoomForMetric(experiment, links.length), path, tooManyText),
        ...errorIf(
          own.some((metric) => metricUuid(metric) === uuid),
          path,
          sameUuidText,
          'unique',
        ),
      ])
      const column = role === 'primary' ? 'primaryMetricsOrderedUuids' : 'secondaryMetricsOrderedUuids'
      const order = experiment[column]
      const patch = Array.isArray(order) ? { [column]: [...order.filter((other) => other !== uuid), uuid] } : {}
      return { links: [...links.filter((link) => link !== stored), { ...stored, savedMetric, role }], patch }
    }),
})
