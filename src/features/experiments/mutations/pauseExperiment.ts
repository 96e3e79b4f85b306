import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { refuseWhileDependedOn } from '../../featureFlags/data/dependentFlags.ts'
import { planFlag } from '../../featureFlags/data/planFlagUpdate.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { refusalToPause, refuseState } from '../rules/lifeCycle.ts'

const pauseExperiment = operation<{ id: number }>({
  name: 'pauseExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    refuseState(refusalToPause(experiment, flag), experiment, flag)
    await refuseWhileDependedOn(tx, flag)
    return planExperiment(actor, experiment, {}, planFlag(actor, flag, { active: false }))
  },
})

const PauseExperimentInput = builder.inputType('PauseExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The running experiment: its global id, or its number.' }) }),
})

builder.mutationField('pauseExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Stops serving a running experiment for a while: its flag is switched off, for every experiment that shares it. The dates stay.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: PauseExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('pauseExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      answerExperiment(context, await write(context, pauseExperiment, { id: addressed('Experiment', input.id) })),
  }),
)
