import { defineMutation } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { idInput } from '../../projects/inputIds.ts'
import { lockForAction, planUpdate } from '../data/planUpdate.ts'
import { experimentMutation } from '../Experiment.ts'
import { fingerprintMetrics } from '../rules/fingerprint.ts'
import { validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { launchBlocker } from '../rules/lifeCycle.ts'

defineMutation({
  ...experimentMutation,
  name: 'launchExperiment',
  description: 'Starts a draft: `startDate` becomes now, and its flag is switched on. Metrics are not required.',
  errors: ['gate', 'validation', 'invalidState'],
  inputDescription: 'The experiment to launch.',
  input: (t) => ({ id: idInput(t, 'Experiment', 'The draft') }),
  plan: async (tx, actor, { id }) => {
    const experiment = await lockForAction(tx, actor, id, launchBlocker)
    assertValid(validateExperimentFlag(experiment.featureFlag.filters).map((message) => fieldError(['id'], message)))
    const metricContext = { ...experiment, startDate: actor.now }
    const patch = {
      startDate: actor.now,
      // The fingerprint of a metric covers everything that its numbers depend on, and so the start date.
      metrics: fingerprintMetrics(experiment.metrics, metricContext),
      metricsSecondary: fingerprintMetrics(experiment.metricsSecondary, metricContext),
    }
    return planUpdate(actor, experiment, patch, { active: true })
  },
})
