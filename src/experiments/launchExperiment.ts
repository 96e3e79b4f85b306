import { builder } from '../builder.ts'
import { fault } from '../errors/faults.ts'
import { refuseFaults } from '../errors/mutationRefusals.ts'
import { planFlag } from '../featureFlags/flagChange.ts'
import { needs } from '../projects/projectField.ts'
import { addressed } from '../writes/ids.ts'
import { lockExperiment } from '../writes/lock.ts'
import { operation } from '../writes/registry.ts'
import { refusalsOf, write } from '../writes/write.ts'
import { answerExperiment } from './answerExperiment.ts'
import { Experiment } from './Experiment.ts'
import { fingerprinted } from './fingerprint.ts'
import { experimentFlagFaults } from './flagForExperiment.ts'
import { refusalToLaunch, refuseState } from './lifeCycle.ts'
import { planExperiment } from './planExperiment.ts'

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
