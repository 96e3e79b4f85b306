import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { planFlagUpdate } from '../../featureFlags/data/planFlagUpdate.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, resumeBlocker } from '../rules/lifeCycle.ts'

const resumeExperiment = defineCommand<{ id: number }>({
  name: 'resumeExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    const flag = experiment.featureFlag
    assertState(resumeBlocker(experiment, flag), experiment, flag)
    return planUpdate(actor, experiment, {}, planFlagUpdate(actor, flag, { active: true }))
  },
})

const ResumeExperimentInput = builder.inputType('ResumeExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The paused experiment: its global id, or its number.' }) }),
})

builder.mutationField('resumeExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Serves a paused experiment again: its flag is switched on, for every experiment that shares it. The dates stay.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: ResumeExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('resumeExperiment', 'gate', 'validation', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      reloadExperiment(context, await runCommand(context, resumeExperiment, { id: parseInputId('Experiment', input.id) })),
  }),
)
