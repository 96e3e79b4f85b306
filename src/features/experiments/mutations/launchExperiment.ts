import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { refuseFaults } from '../../../platform/domainErrors.ts'
import { fault } from '../../../platform/fieldError.ts'
import { planFlag } from '../../featureFlags/data/planFlagUpdate.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { fingerprinted } from '../rules/fingerprint.ts'
import { experimentFlagFaults } from '../rules/flagForExperiment.ts'
import { refusalToLaunch, refuseState } from '../rules/lifeCycle.ts'

const launchExperiment = operation<{ id: number }>({
  name: 'launchExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    refuseState(refusalToLaunch(experiment, flag), experiment, flag)
    refuseFaults(experimentFlagFaults(flag.filters).map((message) => fault(['id'], message)))
    const launched = { ...experiment, startDate: actor.now }
    const patch = {
      startDate: actor.now,
      // A fingerprint tells what a metric's numbers depend on; the start is part of it.
      metrics: fingerprinted(experiment.metrics, launched),
      metricsSecondary: fingerprinted(experiment.metricsSecondary, launched),
    }
    return planExperiment(actor, experiment, patch, planFlag(actor, flag, { active: true }))
  },
})

const LaunchExperimentInput = builder.inputType('LaunchExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The draft: its global id, or its number.' }) }),
})

builder.mutationField('launchExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Starts a draft: \`startDate\` becomes now and the flag is switched on. Metrics are not required.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: LaunchExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('launchExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      answerExperiment(context, await write(context, launchExperiment, { id: addressed('Experiment', input.id) })),
  }),
)
