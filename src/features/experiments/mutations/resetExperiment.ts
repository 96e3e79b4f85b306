import { operation } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { refusalsOf, write } from '../../../graphql/mutation.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { answerExperiment } from '../data/answerExperiment.ts'
import { planExperiment } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { refusalToReset, refuseState } from '../rules/lifeCycle.ts'

const resetExperiment = operation<{ id: number }>({
  name: 'resetExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    refuseState(refusalToReset(experiment), experiment, experiment.featureFlag)
    return planExperiment(actor, experiment, {
      startDate: null,
      endDate: null,
      conclusion: null,
      conclusionComment: null,
      archived: false,
      featureFlagAutoArchived: false,
    })
  },
})

const ResetExperimentInput = builder.inputType('ResetExperimentInput', {
  description: 'Which experiment.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The experiment: its global id, or its number.' }) }),
})

builder.mutationField('resetExperiment', (t) =>
  t.field({
    type: Experiment,
    description: `Makes a launched experiment a draft again: dates, conclusion and comment go, and it leaves the archive. The flag stays as it is: one that is on goes on serving variants, see \`featureFlag { active }\`.\n\n${needs('experiment:write')}`,
    args: { input: t.arg({ type: ResetExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: refusalsOf('resetExperiment', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      answerExperiment(context, await write(context, resetExperiment, { id: addressed('Experiment', input.id) })),
  }),
)
