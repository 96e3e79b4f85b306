import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { assertNoDependentFlags } from '../../featureFlags/data/dependentFlags.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, pauseBlocker } from '../rules/lifeCycle.ts'

const pauseExperiment = defineCommand<{ id: number }>({
  name: 'pauseExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(pauseBlocker(experiment, flag), experiment, flag)
    await assertNoDependentFlags(tx, flag)
    return planUpdate(actor, experiment, {}, planFlagUpdate(actor, flag, { active: false }))
  },
})

const PauseExperimentInput = builder.inputType('PauseExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The running experiment: its global id, or its number.' }) }),
})

builder.mutationField('pauseExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Stops serving a running experiment for a while: its flag is switched off, for every experiment that shares it. The dates stay.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: PauseExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('pauseExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      reloadExperiment(context, await runCommand(context, pauseExperiment, { id: parseInputId('Experiment', input.id) })),
  }),
)
