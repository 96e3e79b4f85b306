import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { fieldError } from '../../../platform/fieldError.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { fingerprintMetrics } from '../rules/fingerprint.ts'
import { validateExperimentFlag } from '../rules/flagForExperiment.ts'
import { assertState, launchBlocker } from '../rules/lifeCycle.ts'

const launchExperiment = defineCommand<{ id: number }>({
  name: 'launchExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(launchBlocker(experiment, flag), experiment, flag)
    assertValid(validateExperimentFlag(flag.filters).map((message) => fieldError(['id'], message)))
    const metricContext = { ...experiment, startDate: actor.now }
    const patch = {
      startDate: actor.now,
      // A fingerprint tells what a metric's numbers depend on; the start is part of it.
      metrics: fingerprintMetrics(experiment.metrics, metricContext),
      metricsSecondary: fingerprintMetrics(experiment.metricsSecondary, metricContext),
    }
    return planUpdate(actor, experiment, patch, planFlagUpdate(actor, flag, { active: true }))
  },
})

const LaunchExperimentInput = builder.inputType('LaunchExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The draft: its global id, or its number.' }) }),
})

builder.mutationField('launchExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Starts a draft: \`startDate\` becomes now and the flag is switched on. Metrics are not required.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: LaunchExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('launchExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      reloadExperiment(context, await runCommand(context, launchExperiment, { id: parseInputId('Experiment', input.id) })),
  }),
)
