import { defineCommand } from '../../../commands/registry.ts'
import { lockExperiment } from '../../../commands/rowLocks.ts'
import { builder } from '../../../graphql/builder.ts'
import { mutationErrors, runCommand } from '../../../graphql/mutation.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { reloadExperiment } from '../data/experimentLoaders.ts'
import { planUpdate } from '../data/planUpdate.ts'
import { Experiment } from '../Experiment.ts'
import { assertState, resetBlocker } from '../rules/lifeCycle.ts'

const resetExperiment = defineCommand<{ id: number }>({
  name: 'resetExperiment',
  plan: async (tx, actor, { id }) => {
    const experiment = await lockExperiment(tx, actor, id)
    assertState(resetBlocker(experiment), experiment, experiment.featureFlag)
    return planUpdate(actor, experiment, {
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
    description: `Makes a launched experiment a draft again: dates, conclusion and comment go, and it leaves the archive. The flag stays as it is: one that is on goes on serving variants, see \`featureFlag { active }\`.\n\n${requiresScopeText('experiment:write')}`,
    args: { input: t.arg({ type: ResetExperimentInput, required: true, description: 'Which experiment.' }) },
    authScopes: { scope: 'experiment:write' },
    errors: mutationErrors('resetExperiment', 'invalidState'),
    resolve: async (_root, { input }, context) =>
      reloadExperiment(context, await runCommand(context, resetExperiment, { id: parseInputId('Experiment', input.id) })),
  }),
)
